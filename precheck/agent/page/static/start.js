// コード: the code is typed, or the office chosen.

import { grouped, readCode } from "/code.js";
import { banner } from "/frame.js";
import { promises } from "/intro.js";
import { h } from "/tree.js";

// The terms of offices that have none of their own: for who has no code.
const STANDARD = "standard";

export const typing = { step: "code", heading: (app) => app.say("page_code_heading"), draw: drawTyping };
export const choose = { step: "code", heading: (app) => app.say("page_office_heading"), draw: drawChoose };

function drawTyping(app) {
  const { state, passing } = app;
  const looking = state.phase === "looking_up";
  const problem = passing.problem;
  return [
    state.waiting > 0 && h("p", { key: "waiting", class: "note" }, app.say("page_waiting_reports", { count: state.waiting })),
    h("form", { class: "typing", novalidate: true, onsubmit: (event) => submit(app, event) },
      h("div", { class: problem ? "field wrong" : "field" },
        h("label", { for: "code" }, app.say("page_code_label")),
        h("p", { class: "hint", id: "code-hint" }, app.say("page_code_hint")),
        h("input", {
          key: `code ${state.given_code}`, id: "code", type: "text", inputmode: "numeric", autocomplete: "off", size: "14",
          initial: grouped(state.plan?.code ?? state.given_code ?? ""),
          "aria-describedby": "code-hint code-said", "aria-invalid": problem ? "true" : null,
          oninput: (event) => look(app, event.target.value),
        }),
        h("p", { id: "code-said", class: problem ? "errorlist" : "hint", "aria-live": "polite" },
          problem ? app.say(problem.phrase, problem) : passing.fits ? app.say("page_code_fits") : "")),
      h("button", { type: "submit" }, app.say("page_next")),
      looking && h("p", { key: "looking" }, app.say("page_looking_up"))),
    !state.endpoint && address(app),
    h("details", { key: "office", class: "disclosure" },
      h("summary", {}, app.say("page_no_code")),
      h("div", {},
        h("p", {}, app.say("page_no_code_why")),
        officeForm(app, "none", (office) => start(app, { office })))),
    state.plan && app.ui.step === "code" && h("p", { key: "back" },
      h("button", { class: "quiet", type: "button", onclick: () => app.go(null) }, app.say("page_back"))),
    promises(app),
  ];
}

// Nobody could say whose terms the code stands for.
function drawChoose(app) {
  const { plan } = app.state;
  return [
    banner(app, "warning", app.say(plan.away ? "page_office_away" : "page_office_no_server")),
    h("p", {}, app.say("page_office_choose")),
    officeForm(app, "guessed", (office) => start(app, { code: plan.code, office })),
    h("p", { class: "row" },
      plan.away && h("button", {
        key: "again", class: "quiet", type: "button", onclick: () => start(app, { code: plan.code }),
      }, app.say("page_try_again")),
      h("button", {
        key: "code", class: "quiet", type: "button", onclick: () => app.go("code"),
      }, app.say("page_code_change")),
      h("button", {
        key: "on", class: "quiet", type: "button", onclick: () => app.change({ goesOn: true, step: null }),
      }, app.say("page_office_unknown"))),
    h("p", { class: "note" }, app.say("page_office_unknown_why")),
  ];
}

function officeForm(app, name, chosen) {
  const missing = app.passing.noOffice;
  return h("form", { key: name, onsubmit: (event) => {
    event.preventDefault();
    const office = new FormData(event.target).get(name);
    if (office === null) {
      app.note({ noOffice: true });
      event.target.querySelector("input").focus();
    } else {
      chosen(office);
    }
  } },
  h("fieldset", { class: "offices" },
    h("legend", {}, app.say("page_office_label")),
    missing && h("p", { key: "missing", class: "errorlist", role: "alert" }, app.say("page_office_missing")),
    app.state.offices.filter(({ id }) => id !== STANDARD).map(({ id, office, title }) =>
      h("label", { key: id },
        h("input", { type: "radio", name, value: id }),
        h("span", { lang: "ja" }, office, h("small", {}, title)))),
    name === "none" && h("label", { key: "standard" },
      h("input", { type: "radio", name, value: STANDARD }), h("span", {}, app.say("page_office_other")))),
  h("button", { type: "submit" }, app.say("page_office_go")));
}

function address(app) {
  return h("details", { key: "address", class: "disclosure" },
    h("summary", {}, app.say("page_address_summary")),
    h("div", { class: "field" },
      h("label", { for: "address" }, app.say("page_address_label")),
      h("input", { id: "address", type: "url", autocomplete: "off", placeholder: "https://" })));
}

// A slip is said as soon as all digits are there; before that, nobody is told off.
function look(app, typed) {
  const { digits, problem } = readCode(typed);
  const now = problem === "letters" || problem === "wrong" || digits.length > 10 ? problem : null;
  app.note({ problem: now && phraseOf(now, digits), fits: problem === null });
}

function phraseOf(problem, digits) {
  if (digits === "") return { phrase: "page_code_empty" };
  const phrases = { letters: "page_code_letters", count: "page_code_count", wrong: "error_code_mistyped" };
  return { phrase: phrases[problem], count: String(digits.length) };
}

function submit(app, event) {
  event.preventDefault();
  const field = document.getElementById("code");
  const { digits, problem } = readCode(field.value);
  if (problem !== null) {
    app.note({ problem: phraseOf(problem, digits), fits: false });
    field.focus();
    return;
  }
  const endpoint = document.getElementById("address")?.value.trim();
  start(app, endpoint ? { code: digits, endpoint } : { code: digits });
}

async function start(app, body) {
  app.passing = { notice: null };
  await app.act("start", body);
}
