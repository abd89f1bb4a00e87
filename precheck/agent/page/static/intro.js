// チェックの前に: for which session, by which terms, and what is looked at.

import { date, moment } from "/dates.js";
import { banner } from "/frame.js";
import { h } from "/tree.js";
import { grouped } from "/code.js";

export const intro = { step: "checks", heading: (app) => app.say("page_intro_heading"), draw };

function draw(app) {
  const { plan } = app.state;
  return [
    plan.away && banner(app, "warning", app.say("error_endpoint_away")),
    plan.clock_off && h("div", { key: "clock" }, banner(app, "warning", app.say("page_clock_off"))),
    facts(app),
    h("p", { class: "row" },
      h("button", { key: "check", type: "button", onclick: () => app.act("check") }, app.say("page_check")),
      h("button", {
        key: "code", class: "quiet", type: "button", onclick: () => app.go("code"),
      }, app.say(plan.code ? "page_code_change" : "page_back"))),
    promises(app),
  ];
}

// Office, time, terms and revision, and `more`, as a list of pairs.
export function facts(app, ...more) {
  const { plan } = app.state;
  const pairs = [
    ["page_office_label", plan.office, "ja"],
    plan.starts_at && ["page_when", moment(app, plan.starts_at)],
    ["page_terms", plan.title, "ja"],
    ["revision", date(app, plan.revision)],
    plan.code && ["page_code_label", grouped(plan.code)],
    ...more,
  ];
  return h("dl", { class: "facts" }, pairs.filter(Boolean).map(([key, text, lang]) =>
    h("div", { key }, h("dt", {}, app.say(key)), h("dd", { lang }, text))));
}

// What is looked at, what never is, and what becomes of it.
export function promises(app) {
  return h("section", { class: "promises" },
    h("h2", {}, app.say("page_promises")),
    h("p", {}, app.say("reads_only")),
    h("ul", {},
      h("li", {}, app.say("page_never")),
      h("li", {}, app.say("page_only_if_sent")),
      h("li", {}, app.say("self_check_notice"))));
}
