// おわり: what became of it, and what to do until the session.

import { date, daysBefore, moment, onALaterDay } from "/dates.js";
import { progress } from "/checks.js";
import { banner, readinessBanner, tooOld } from "/frame.js";
import { recording } from "/recording.js";
import { h } from "/tree.js";

export const end = { step: "end", heading: (app) => app.say("page_end_heading"), draw };
export const ended = { step: "end", heading: (app) => app.say("page_ended_heading"), draw: drawEnded };

function draw(app) {
  const { state } = app;
  return [
    h("div", { key: "delivery" }, delivery(app)),
    state.refused_earlier > 0 && h("p", { key: "earlier", class: "note" },
      app.say("page_refused_earlier", { count: state.refused_earlier })),
    tooOld(app),
    h("div", { key: "overall" }, state.readiness ? readinessBanner(app) : progress(app)),
    readout(app),
    whatNext(app),
    recording(app),
    h("p", { key: "buttons", class: "row way-on" },
      h("button", { key: "print", type: "button", onclick: () => window.print() }, app.say("page_print")),
      h("button", { key: "again", class: "quiet", type: "button", onclick: () => app.go("checks") },
        app.say("page_back_to_checks")),
      state.delivery?.state === "refused" && h("button", {
        key: "code", class: "quiet", type: "button", onclick: () => app.go("code"),
      }, app.say("page_code_change")),
      (state.declined || state.delivery?.state === "lost") && state.can_send && h("button", {
        key: "send", class: "quiet", type: "button", onclick: () => toConfirm(app),
      }, app.say("page_back_to_confirm"))),
    h("p", { key: "quit", class: "note" }, app.say("page_end_close")),
  ];
}

async function toConfirm(app) {
  const refreshed = app.state.too_old;
  if (!(await app.act("draft"))) return;
  app.go("confirm");
  app.note({ refreshed });
}

function drawEnded(app) {
  return [
    h("p", {}, app.say("page_ended")),
    tooOld(app),
    app.state.plan && h("p", { key: "print" },
      h("button", { type: "button", onclick: () => window.print() }, app.say("page_print"))),
  ];
}

function delivery(app) {
  const { delivery, declined } = app.state;
  if (delivery === null) return declined && banner(app, "info", app.say("not_sent"));
  const { receipt } = delivery;
  if (delivery.state === "kept") return kept(app, delivery);
  if (receipt === null) return banner(app, "error", delivery.text);
  return banner(app, "success", app.say("sent", { date: date(app, receipt.delete_on) }),
    h("p", {}, app.say("page_received", { when: moment(app, receipt.received_at) })));
}

function kept(app, { tries }) {
  return banner(app, "warning", app.say(tries > 1 ? "page_kept_again" : "page_kept"),
    h("p", {}, app.say("page_send_again_how")),
    h("p", { class: "row" },
      h("button", { type: "button", onclick: () => app.act("send_again") }, app.say("page_send_again"))));
}

export function readout(app) {
  const { readout } = app.state;
  return readout && h("section", { key: "readout" },
    h("h2", {}, app.say("page_readout_heading")),
    h("p", {}, app.say("page_readout_how")),
    h("p", { class: "readout" }, readout.groups.map((group, index) =>
      h("span", { key: `group ${index}` }, group))));
}

function whatNext(app) {
  const { state } = app;
  const starts = state.plan.starts_at;
  const wrong = advised(state, "fail", "warn");
  const untold = advised(state, "unknown");
  const again = starts && daysBefore(app, starts, 2);
  return h("section", { key: "next" },
    h("h2", {}, app.say("page_next_heading")),
    h("ol", { class: "next" },
      starts && h("li", { key: "when" }, app.say("page_next_session", { when: moment(app, starts) })),
      wrong.length > 0 && h("li", { key: "wrong" }, app.say("page_next_steps"),
        steps(wrong)),
      untold.length > 0 && h("li", { key: "untold" }, app.say("page_next_unknown"), steps(untold)),
      // On the day itself, this was that check.
      (!starts || onALaterDay(starts)) && h("li", { key: "again" }, again ? app.say("page_next_again", { date: again }) : app.say("page_next_on_the_day")),
      h("li", { key: "other" }, app.say("page_next_other"))));
}

function advised(state, ...verdicts) {
  return state.rows.filter((item) => item.remedy && verdicts.includes(item.verdict));
}

function steps(rows) {
  return h("ul", {}, rows.map((item) => h("li", { key: item.check },
    h("b", {}, `${item.symbol} ${item.label}`), item.remedy)));
}
