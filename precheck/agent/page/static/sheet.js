// The result on one A4 page of paper; on the screen it is not seen.

import { moment } from "/dates.js";
import { facts } from "/intro.js";
import { h } from "/tree.js";

export function sheet(app) {
  const { state } = app;
  if (!state.plan) return h("p", {}, app.say("page_print_nothing"));
  return [
    h("h1", {}, app.say("title")),
    facts(app, app.checkedAt && ["page_checked", moment(app, app.checkedAt)]),
    h("p", { key: "readiness", class: "overall" }, state.readiness?.text ?? app.say("page_print_unfinished")),
    state.too_old && h("p", { key: "too old" }, app.say("page_too_old")),
    h("p", { key: "sent" }, sent(app)),
    state.readout && h("p", { key: "readout" }, h("b", {}, app.say("page_readout_heading")), " ",
      h("span", { class: "readout" }, state.readout.groups.join(" "))),
    h("p", { key: "phone" }, state.plan.phone ? app.say("other_way", { phone: state.plan.phone }) : app.say("page_other_way")),
    h("table", { class: isLong(state) ? "tight" : null }, h("tbody", {}, state.rows.map((item) => h("tr", { key: item.check },
      h("th", { scope: "row" }, item.label),
      h("td", { class: "short" }, `${item.symbol ?? "…"} ${item.word ?? app.say("page_not_yet")}`),
      h("td", {}, item.sentence ?? "", item.remedy && h("span", { class: "step" }, ` → ${item.remedy}`)))))),
    h("p", { class: "note" },
      app.say("self_check_notice"), " ", app.say("page_printed", { when: moment(app, new Date().toISOString()) })),
  ];
}

// Whether the letters have to be smaller for all to fit. Japanese ones are twice as wide.
function isLong({ rows, language }) {
  const letters = rows.reduce((sum, { sentence, remedy }) => sum + (sentence ?? "").length + (remedy ?? "").length, 0);
  return letters > (language === "ja" ? 900 : 1800);
}

function sent(app) {
  const { delivery } = app.state;
  if (delivery?.receipt) return app.say("page_received", { when: moment(app, delivery.receipt.received_at) });
  if (delivery?.state === "kept") return app.say("page_kept");
  return delivery?.text ?? app.say("not_sent");
}
