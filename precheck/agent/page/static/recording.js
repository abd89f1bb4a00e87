// A recording for the helpdesk, beside a result that was sent: for whoever is stuck, and by a consent
// of its own.

import { date } from "/dates.js";
import { banner } from "/frame.js";
import { h } from "/tree.js";

const STATUS = "recording-status";

export function recording(app) {
  const { recording } = app.state;
  return recording && h("details", { key: "recording", class: "disclosure" },
    h("summary", {}, app.say("page_helpdesk")),
    h("div", {},
      h("p", {}, app.say("recording_what")),
      h("p", {}, app.say("recording_never")),
      h("p", {}, app.say("recording_who")),
      h("p", { id: STATUS, role: "status", tabindex: "-1" }, status(app, recording)),
      recording.problem && h("div", { key: "problem", role: "alert" }, banner(app, "error", recording.problem.text)),
      recording.stage === "offered" && offered(app),
      recording.stage === "shown" && shown(app, recording)));
}

function status(app, { stage, delete_on: deleteOn }) {
  if (stage === "making") return app.say("recording_making");
  if (stage === "shown") return app.say("page_helpdesk_made");
  if (stage === "sending") return app.say("page_helpdesk_sending");
  return stage === "sent" && app.say("recording_sent", { date: date(app, deleteOn) });
}

function offered(app) {
  return h("div", { key: "offered" },
    h("p", {}, app.say("recording_anew")),
    h("p", { class: "row" },
      h("button", { class: "quiet", type: "button", onclick: () => act(app, "recording") }, app.say("page_helpdesk_make"))));
}

function shown(app, { id, json, kilobytes }) {
  const consents = app.passing.recording === id;
  const missing = app.passing.noRecordingConsent && !consents;
  return h("form", { key: "shown", novalidate: true, onsubmit: (event) => send(app, event, id, consents) },
    h("details", { class: "disclosure" },
      h("summary", {}, app.say("page_helpdesk_exactly", { size: kilobytes })),
      h("div", {}, h("pre", { tabindex: "0", "aria-label": app.say("page_helpdesk_exactly", { size: kilobytes }) }, json))),
    missing && h("p", { key: "missing", id: "recording-missing", class: "errorlist", role: "alert" },
      app.say("page_helpdesk_consent_missing")),
    h("p", { class: "consent" }, h("label", {},
      h("input", {
        id: "recording-consent", type: "checkbox", checked: consents,
        "aria-invalid": missing ? "true" : null, "aria-describedby": missing ? "recording-missing" : null,
        onchange: (event) => app.note({ recording: event.target.checked ? id : null }),
      }), h("span", {}, app.say("page_helpdesk_consent")))),
    h("p", { class: "row" }, h("button", { class: "quiet", type: "submit" }, app.say("page_helpdesk_send"))));
}

function send(app, event, id, consents) {
  event.preventDefault();
  if (consents) {
    act(app, "recording/send", { recording_id: id });
  } else {
    app.note({ noRecordingConsent: true });
    document.getElementById("recording-consent").focus();
  }
}

// The button goes away; whoever pressed it hears what happens instead.
async function act(app, action, body) {
  if (await app.act(action, body)) document.getElementById(STATUS)?.focus();
}
