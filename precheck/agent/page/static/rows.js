// One check: shape, word and sentence; opened, the terms, why, and the one next step.

import { h } from "/tree.js";

export function row(app, item, ...more) {
  const known = item.verdict !== null && !item.running;
  return h("li", { key: item.check, id: placeOf(item), class: known ? item.verdict : "open" },
    h("h3", {}, item.label),
    h("p", { class: "result" }, chip(app, item), h("span", { class: "level" }, item.level_text)),
    h("p", { key: "sentence", class: "found-so" }, known && item.sentence),
    more,
    h("details", {
      key: "details", class: "disclosure", open: app.ui.open[item.check] === true,
      ontoggle: (event) => toggled(app, item.check, event.target.open),
    },
    h("summary", {}, app.say(fixable(item) ? "page_how_to" : "page_details"), h("span", { class: "only-heard" }, `：${item.label}`)),
    h("div", {}, details(app, item))));
}

function placeOf(item) {
  return `row-${item.check}`;
}

// Leads to a row from elsewhere on the page, and opens it.
export function linkTo(app, item) {
  return h("a", {
    href: `#${placeOf(item)}`,
    onclick: (event) => {
      event.preventDefault();
      app.change({ open: { ...app.ui.open, [item.check]: true } });
      const place = document.getElementById(placeOf(item));
      place.querySelector("summary").focus({ preventScroll: true });
      place.scrollIntoView();
    },
  }, item.label);
}

// What could not be told has nothing to put right: its next step is to tell the staff.
function fixable(item) {
  return Boolean(item.remedy) && (item.verdict === "fail" || item.verdict === "warn");
}

export function chip(app, item) {
  const known = item.verdict !== null && !item.running;
  if (!known) {
    return h("span", { key: "chip", class: "chip open" },
      h("span", { class: "symbol", "aria-hidden": "true" }, "…"),
      app.say(item.running ? "checking" : "page_not_yet"));
  }
  return h("span", { key: "chip", class: `chip ${item.verdict}` },
    h("span", { class: "symbol", "aria-hidden": "true" }, item.symbol), item.word);
}

function details(app, item) {
  return [
    item.remedy && h("p", { key: "remedy", class: "step" }, h("b", {}, app.say("page_next_step")), item.remedy),
    h("p", { key: "why" }, h("b", {}, app.say("page_why")), item.why),
    item.clause && h("p", { key: "clause", class: "clause" },
      h("b", {}, app.say("page_clause")), h("span", { lang: "ja" }, `${item.clause}「${item.clause_text}」`)),
    h("p", { key: "buttons", class: "row" },
      item.screen && h("button", {
        key: "screen", class: "quiet small", type: "button",
        onclick: () => app.act("settings", { screen: item.screen }),
      }, app.say("page_open_settings"), heard(item)),
      item.can_check_again && h("button", {
        key: "again", class: "quiet small", type: "button",
        onclick: () => app.act("check", { only: [item.check] }),
      }, app.say("page_check_again"), heard(item)),
      item.running && h("span", { key: "running" }, app.say("checking"))),
  ];
}

function heard(item) {
  return h("span", { class: "only-heard" }, `：${item.label}`);
}

function toggled(app, check, open) {
  if (app.ui.open[check] !== open) app.change({ open: { ...app.ui.open, [check]: open } });
}
