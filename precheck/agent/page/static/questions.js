// 質問: what only the person can say.

import { facts } from "/intro.js";
import { h } from "/tree.js";

export const questions = { step: "questions", heading: (app) => app.say("page_questions_heading"), draw };

function draw(app) {
  const { state, passing } = app;
  const open = openOnes(app);
  return [
    h("p", {}, app.say("page_questions_lead")),
    facts(app),
    clauses(app),
    state.questions.length === 0 && h("p", { key: "none", class: "empty" }, app.say("page_questions_none")),
    state.questions.map((question) => answerable(app, question, "ask", passing.unanswered && open.includes(question))),
    passing.unanswered && open.length > 0 && h("p", { key: "unanswered", class: "errorlist", role: "alert" },
      app.say("page_unanswered")),
    h("p", { key: "buttons", class: "row way-on" },
      h("button", { key: "next", type: "button", onclick: () => next(app) }, app.say("page_to_confirm")),
      passing.unanswered && open.length > 0 && h("button", {
        key: "skip", class: "quiet", type: "button", onclick: () => app.go("confirm"),
      }, app.say("page_skip_questions")),
      h("button", { key: "back", class: "quiet", type: "button", onclick: () => app.go("checks") },
        app.say("page_back_to_checks"))),
  ];
}

function openOnes(app) {
  return app.state.questions.filter(({ answer }) => answer === null);
}

async function next(app) {
  // The last answer may be on its way still.
  await app.answering;
  const open = openOnes(app);
  if (open.length === 0) {
    app.go("confirm");
    return;
  }
  app.note({ unanswered: true });
  document.querySelector(`#ask-${open[0].check} input`)?.focus();
}

// A question with its two answers. The same one may stand in two places, told apart by `place`;
// `missed` says that the person went on without an answer.
export function answerable(app, { check, text, answer }, place, missed = false) {
  const found = app.state.rows.find((item) => item.check === check);
  // What was pressed last, until the program has it, or has said no.
  const shown = app.passing.answers?.[check] ?? answer;
  const name = `${place}-${check}`;
  const choice = (value, key) => h("label", { key },
    h("input", {
      type: "radio", name, value: key, checked: shown === value,
      onchange: () => {
        app.answering = say(app, check, value);
      },
    }), h("span", {}, app.say(key)));
  return h("fieldset", { key: check, id: name, class: "question" },
    h("legend", {}, text),
    missed && h("p", { key: "missed", class: "errorlist" }, app.say("page_unanswered_here")),
    h("div", { key: "choices", class: "choices" }, choice(true, "yes"), choice(false, "no")),
    answer === false && found?.remedy && h("p", { key: "remedy", class: "step" },
      h("b", {}, app.say("page_next_step")), found.remedy));
}

// One answer after the other, so that the last one counts.
async function say(app, check, answer) {
  app.passing.answers = { ...app.passing.answers, [check]: answer };
  await app.answering;
  await app.act("answer", { check, answer });
  if (app.passing.answers?.[check] === answer) delete app.passing.answers[check];
  app.draw();
}

function clauses(app) {
  const stated = app.state.rows.filter((item) => item.clause);
  return stated.length > 0 && h("details", { key: "clauses", class: "disclosure" },
    h("summary", {}, app.say("page_read_clauses")),
    h("div", {}, h("dl", { class: "clauses", lang: "ja" }, stated.map((item) =>
      h("div", { key: item.check }, h("dt", {}, item.clause), h("dd", {}, item.clause_text))))));
}
