// 確認 and 送信: all that would leave the device, and the person's yes or no to it.

import { progress } from "/checks.js";
import { span } from "/dates.js";
import { banner, readinessBanner } from "/frame.js";
import { h } from "/tree.js";

export const confirm = { step: "confirm", heading: (app) => app.say("page_confirm_heading"), draw };
export const sending = {
  step: "send",
  heading: (app) => app.say("page_sending_heading"),
  draw: (app) => h("p", {}, app.say("page_sending")),
};

function draw(app) {
  const { state } = app;
  const settled = ["sent", "kept"].includes(state.delivery?.state);
  return [
    h("div", { key: "overall", class: "overall" }, state.readiness ? readinessBanner(app) : progress(app)),
    app.passing.refreshed && h("div", { key: "refreshed" }, banner(app, "info", app.say("page_checked_anew"))),
    settled && h("div", { key: "settled" }, banner(app, "info", app.say("page_settled"))),
    !settled && state.draft && offer(app, state.draft),
    !settled && state.readiness && !state.can_send && h("div", { key: "nobody" },
      banner(app, "info", app.say(whyNobody(state.plan)))),
    h("p", { key: "buttons", class: "row" },
      settled && h("button", { key: "end", type: "button", onclick: () => app.go("end") }, app.say("page_to_end")),
      !settled && !state.draft && h("button", { key: "none", type: "button", onclick: () => decline(app) },
        app.say("page_without_sending")),
      h("button", { key: "back", class: "quiet", type: "button", onclick: () => app.go("questions") },
        app.say("page_back_to_questions"))),
  ];
}

function whyNobody(plan) {
  if (plan.guessed_terms) return "page_cannot_send_office";
  return plan.code ? "page_cannot_send_server" : "page_cannot_send_code";
}

function offer(app, draft) {
  const consents = app.passing.consent === draft.report_id;
  const missing = app.passing.noConsent && !consents;
  return h("div", { key: "offer" },
    h("h2", {}, app.say("sent_heading")),
    h("ul", { class: "sent" }, [...draft.words, about(app, draft)].map((line, index) =>
      h("li", { key: `line ${index}` }, line))),
    h("p", {}, draft.recipient),
    app.state.questions.some(({ answer }) => answer === null) &&
      h("p", { key: "open", class: "step" }, app.say("page_questions_open")),
    h("p", {}, app.say("page_not_sent_ever")),
    h("details", { class: "disclosure" },
      h("summary", {}, app.say("sent_exactly")),
      h("div", {}, h("pre", { tabindex: "0", "aria-label": app.say("sent_exactly") }, draft.json))),
    h("form", { novalidate: true, onsubmit: (event) => send(app, event, draft, consents) },
      h("h2", {}, app.say("consent_question")),
      missing && h("p", { key: "missing", id: "consent-missing", class: "errorlist", role: "alert" },
        app.say("page_consent_missing")),
      h("p", { class: "consent" }, h("label", {},
        h("input", {
          id: "consent", type: "checkbox", checked: consents,
          "aria-invalid": missing ? "true" : null, "aria-describedby": missing ? "consent-missing" : null,
          onchange: (event) => app.note({ consent: event.target.checked ? draft.report_id : null }),
        }), h("span", {}, app.say("page_consent")))),
      h("p", { class: "row" },
        h("button", { key: "send", type: "submit" }, app.say("page_send")),
        h("button", { key: "decline", class: "quiet", type: "button", onclick: () => decline(app) },
          app.say("page_do_not_send")))),
    h("p", { class: "note" }, app.say("page_not_sending_is_fine")));
}

// What goes along with what was found.
function about(app, draft) {
  const when = span(app, draft.started_at, draft.finished_at);
  return app.say("sent_about", { os: draft.system, version: app.state.version, when }).trim();
}

async function send(app, event, draft, consents) {
  event.preventDefault();
  if (!consents) {
    app.note({ noConsent: true });
    document.getElementById("consent").focus();
  } else if (await app.act("send", { report_id: draft.report_id })) {
    app.go("send");
  }
}

async function decline(app) {
  if (await app.act("decline")) app.go("end");
}
