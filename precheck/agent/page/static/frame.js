// What stands round every view.

import { grouped } from "/code.js";
import { h } from "/tree.js";

const STEPS = ["code", "checks", "questions", "confirm", "send", "end"];

export function frame(app) {
  const { state, ui } = app;
  const other = state.language === "ja" ? "en" : "ja";
  const ending = isGone(app);
  return [
    h("p", { class: "service" }, app.say("title")),
    h("div", { class: "tools" },
      !ending && h("button", {
        key: "language", class: "quiet small", lang: other, type: "button",
        onclick: () => app.act("language", { language: other }),
      }, other === "en" ? "English" : "日本語"),
      h("button", {
        key: "large", class: "quiet small", type: "button", "aria-pressed": String(ui.large),
        onclick: () => app.change({ large: !ui.large }),
      }, app.say("page_large")),
      !ending && h("button", {
        key: "quit", class: "quiet small", type: "button", onclick: () => askToEnd(app),
      }, app.say("page_quit"))),
    !ending && app.passing.ending && h("div", { key: "ending", class: "ending", role: "group", "aria-label": app.say("page_quit") },
      h("p", {}, app.say(app.state.delivery?.state === "kept" ? "page_quit_kept" : "page_quit_question")),
      h("p", { class: "row" },
        h("button", { key: "yes", type: "button", onclick: () => app.act("quit") }, app.say("page_quit")),
        h("button", {
          key: "no", class: "quiet", type: "button", onclick: () => app.note({ ending: false }),
        }, app.say("page_quit_not")))),
  ];
}

function isGone(app) {
  return app.state.phase === "ended" || app.away;
}

// Another code has come, with a second start of the program.
export function offered(app) {
  const code = app.state.offered;
  return code && !app.away && h("div", { key: "offered" }, banner(app, "info",
    app.say("page_offered", { code: grouped(code) }),
    h("p", { class: "row" },
      h("button", { key: "yes", class: "quiet", type: "button", onclick: () => takeOver(app) }, app.say("page_offered_yes")),
      h("button", { key: "no", type: "button", onclick: () => app.act("stay") }, app.say("page_offered_no")))));
}

async function takeOver(app) {
  if (await app.act("take_over")) app.go(null);
}

// What was found is too old to be sent or read out.
export function tooOld(app) {
  return app.state.too_old && h("div", { key: "too old" }, banner(app, "warning", app.say("page_too_old"),
    !isGone(app) && h("p", { key: "again", class: "row" },
      h("button", { type: "button", onclick: () => app.act("check") }, app.say("page_check_again")))));
}

// Asks only where something would be lost.
function askToEnd(app) {
  const { rows, delivery } = app.state;
  if (rows.length === 0 || delivery?.state === "sent") {
    app.act("quit");
    return;
  }
  app.note({ ending: true });
  document.querySelector(".ending button").focus();
}

export function steps(app, current) {
  const at = STEPS.indexOf(current);
  const skipped = (step) => step === "send" && app.state.delivery?.state !== "sent";
  return h("ol", { class: "steps", "aria-label": app.say("page_steps") }, STEPS.map((step, index) =>
    h("li", {
      key: step,
      class: index < at ? "behind" : null,
      "aria-current": index === at ? "step" : null,
    },
    h("span", { class: "number", "aria-hidden": "true" },
      index >= at ? String(index + 1) : skipped(step) ? "－" : "✓"),
    h("span", { class: "name" }, app.say(`page_step_${step}`)),
    index < at && h("span", { key: "passed", class: "only-heard" }, 
      app.say(skipped(step) ? "page_step_skipped" : "page_step_passed")))));
}

const MARKS = { success: "✓", warning: "!", error: "×", info: "i" };

// Something to know, in a frame whose shape, mark and colour say how serious it is.
export function banner(app, kind, text, ...more) {
  return h("div", { key: `banner ${kind}`, class: `banner ${kind}` },
    h("span", { class: "mark", role: "img", "aria-label": app.say(`page_mark_${kind}`) }, MARKS[kind]),
    h("div", {}, h("p", { class: "heading" }, text), more));
}

const KIND_OF = { ready: "success", attention: "warning", not_ready: "error" };

export function readinessBanner(app, ...more) {
  const { readiness } = app.state;
  return readiness && banner(app, KIND_OF[readiness.readiness], readiness.text, more);
}

// The other ways to be counselled, always at hand.
export function help(app) {
  const phone = app.state.plan?.phone;
  return h("p", {}, phone ? app.say("other_way", { phone }) : app.say("page_other_way"));
}
