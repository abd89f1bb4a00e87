// Keeps the list of a day up to date, and filters it in the browser. What somebody looks for is sent
// to nobody.

import { ask, keepUpToDate, load, setText } from "./staff.live.js";

const EVERY = 4; // seconds
const TAIL = 4;

const rows = document.getElementById("rows");
const filter = document.getElementById("filter");
const found = document.getElementById("found");

function lines() {
  return rows.querySelectorAll("tbody tr");
}

function isLookedFor() {
  return Boolean(filter.elements.state.value || filter.elements.text.value);
}

function sift() {
  const wanted = filter.elements.state.value;
  const text = filter.elements.text.value.normalize("NFKC").trim().toLowerCase();
  const digits = text.replace(/[ -]/g, "");
  let shown = 0;
  for (const line of lines()) {
    const { state, reference, tail } = line.dataset;
    const byCode = /^\d+$/.test(digits) && tail !== "" && tail.endsWith(digits.slice(-TAIL));
    const matches = (!wanted || state === wanted) && (reference.includes(text) || byCode);
    line.hidden = !matches;
    shown += matches;
  }
  const total = lines().length;
  const words = shown || !total ? found.dataset.some : found.dataset.none;
  const isAsked = Boolean(total && (wanted || text));
  setText(found, isAsked ? words.replace("{total}", total).replace("{shown}", shown) : "");
}

filter.querySelector("button").hidden = true;
filter.addEventListener("input", sift);
filter.addEventListener("submit", (event) => {
  event.preventDefault();
  sift();
});
sift();
// As without a script, so that what is looked for stays.
keepUpToDate(EVERY, sift, () => (isLookedFor() ? filter.submit() : load()));
if (isLookedFor()) ask();
