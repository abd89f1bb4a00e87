// チェック: what is found, as it lands.

import { readinessBanner, tooOld } from "/frame.js";
import { answerable } from "/questions.js";
import { linkTo, row } from "/rows.js";
import { h } from "/tree.js";

export const checks = { step: "checks", heading: (app) => app.say("page_checks_heading"), draw };

function draw(app) {
  const { state } = app;
  const rows = state.rows.filter((item) => item.level !== "declared");
  // A row changes its place only when nobody waits for it any more.
  const landed = rows.every((item) => item.verdict !== null);
  const unread = landed ? rows.filter((item) => item.verdict === "unknown") : [];
  const read = rows.filter((item) => !unread.includes(item));
  if (!landed) app.landed = null;
  const first = landed ? toDo(app, read) : read;
  const fine = read.filter((item) => !first.includes(item));
  return [
    h("div", { key: "overall", class: "overall" }, state.readiness ? readinessBanner(app, putRight(app, read)) : progress(app)),
    tooOld(app),
    h("h2", { key: "results", class: "only-heard" }, app.say("page_results")),
    first.length > 0 && h("ul", { key: "first", class: "lines" }, first.map((item) => row(app, item))),
    unread.length > 0 && h("section", { key: "unread" },
      h("h2", {}, app.say("page_unread_heading")),
      h("p", { class: "note" }, app.say("page_unread_note")),
      h("ul", { class: "lines" }, unread.map((item) => row(app, item, question(app, item))))),
    fine.length > 0 && h("section", { key: "fine" },
      h("h2", {}, app.say("page_fine_heading")),
      h("ul", { class: "lines" }, fine.map((item) => row(app, item)))),
    app.media.draw(),
    h("p", { key: "buttons", class: "row way-on" },
      h("button", { key: "next", type: "button", onclick: () => app.go("questions") }, app.say("page_to_questions")),
      state.phase === "checked" && h("button", {
        key: "all", class: "quiet", type: "button", onclick: () => app.act("check"),
      }, app.say("page_check_all_again"))),
  ];
}

// What there is to do, the worse first. A row that is put right stays where the person is at work
// on it, until everything is checked again.
function toDo(app, rows) {
  const waiting = rows.filter((item) => item.running).length;
  if (waiting > 1) app.landed = null;
  else if (waiting === 0) app.landed ??= Object.fromEntries(rows.map((item) => [item.check, item.verdict]));
  const was = (item, verdict) => item.verdict === verdict || app.landed?.[item.check] === verdict;
  const wrong = rows.filter((item) => was(item, "fail"));
  return [...wrong, ...rows.filter((item) => was(item, "warn") && !wrong.includes(item))];
}

// Where the rows are that did not pass, once there are several.
function putRight(app, rows) {
  const wrong = rows.filter((item) => item.verdict === "fail");
  return wrong.length > 1 && h("ul", { key: "wrong", class: "to-rows", "aria-label": app.say("page_put_right") },
    wrong.map((item) => h("li", { key: item.check }, linkTo(app, item))));
}

export function progress(app) {
  const { state } = app;
  const slow = state.phase === "checking" ? app.slow() : 0;
  return h("div", { key: "progress", class: "progress" },
    h("label", { for: "progress" }, `${app.say("checking")} ${state.done} / ${state.total}`),
    h("progress", { id: "progress", max: String(state.total), value: String(state.done) }),
    slow > 0 && h("p", { key: "slow", role: "status" }, app.say(slow >= 30 ? "page_slow_30" : "page_slow_10")));
}

// What the person could say where nothing could be read.
function question(app, item) {
  const asked = app.state.questions.find(({ check }) => check === item.check);
  if (asked) return h("div", { key: "question" }, answerable(app, asked, "unread"));
  return item.question && h("p", { key: "question", class: "asked" }, h("b", {}, app.say("page_question")), item.question);
}
