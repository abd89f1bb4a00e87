// The way from the code to the end: which view is shown, by what the program knows and by where the
// person has gone on this tab.

import { checks } from "/checks.js";
import { confirm, sending } from "/confirm.js";
import { end, ended } from "/end.js";
import { intro } from "/intro.js";
import { questions } from "/questions.js";
import { choose, typing } from "/start.js";

const VIEWS = { typing, choose, intro, checks, questions, confirm, sending, end, ended };

export function viewOf(app) {
  const name = nameOf(app);
  return { name, ...VIEWS[name] };
}

function nameOf({ state, ui }) {
  const delivered = state.delivery && state.delivery.state !== "sending";
  if (state.phase === "ended") return "ended";
  if (state.phase === "code" || state.phase === "looking_up" || ui.step === "code") return "typing";
  if (state.plan.guessed_terms && !ui.goesOn) return "choose";
  if (state.phase === "planned") return "intro";
  if (state.delivery?.state === "sending") return "sending";
  const wanted = ui.step ?? (delivered || state.declined ? "end" : "checks");
  if (wanted === "send" || wanted === "end") {
    return delivered || state.declined ? "end" : "confirm";
  }
  return wanted;
}
