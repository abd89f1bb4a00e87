// Keeps a part of a page (#rows) as it is now.
//
// Every few seconds it is asked for with the tag of what is at hand; mostly the answer is that nothing
// has changed (304). What has changed is put into the page node by node, so that focus, selection,
// scroll position and what was opened stay as they are. A page that is not looked at asks for nothing.
// Where the language was changed meanwhile, in another tab, the whole page is asked for again.

const LONGEST = 60000; // between two tries while the endpoint is away
const PATIENCE = 10000;

const OURS = ["hidden", "open"]; // what only the browser knows

const rows = document.getElementById("rows");
const asOf = document.getElementById("as-of");
const trouble = document.getElementById("trouble");
const heard = document.getElementById("heard");

let tag = rows.dataset.tag;
let every = 0; // milliseconds
let pause = 0;
let changed = () => {};
let anew = () => {};
let timer = 0;
let isAsking = false;
let freshAt = now();

// Begins to do so, `seconds` apart; `after` is called when something has come into the page, and
// `again` asks for the whole page.
export function keepUpToDate(seconds, after = () => {}, again = load) {
  every = 1000 * seconds;
  changed = after;
  anew = again;
  document.addEventListener("visibilitychange", () =>
    document.hidden ? clearTimeout(timer) : ask(),
  );
  window.addEventListener("online", ask);
  fresh();
}

function now() {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Tokyo" };
  return new Intl.DateTimeFormat("en-GB", form).format(new Date());
}

// asking

export async function ask() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  try {
    const answer = await fetch(rows.dataset.source, {
      headers: { "If-None-Match": tag },
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.type === "opaqueredirect" || answer.status === 403) return signedOut();
    if (answer.ok) {
      if (answer.headers.get("Content-Language") !== document.documentElement.lang) return anew();
      const markup = await answer.text();
      take(new DOMParser().parseFromString(markup, "text/html").body);
      tag = answer.headers.get("ETag");
    } else if (answer.status !== 304) {
      throw new Error(`status ${answer.status}`);
    }
    fresh();
  } catch {
    away();
  } finally {
    isAsking = false;
  }
}

// Loads the page, in the language that was chosen last.
export function load() {
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  address.hash = "";
  location.replace(address);
}

function later() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, pause);
}

function fresh() {
  pause = every;
  freshAt = now();
  setText(asOf, asOf.dataset.live.replace("{time}", freshAt));
  trouble.replaceChildren();
  later();
}

function away() {
  pause = Math.min(2 * pause, LONGEST);
  if (!trouble.hasChildNodes()) warn(trouble.dataset.away);
  later();
}

function signedOut() {
  const link = element("a", trouble.dataset.signIn);
  link.className = "button small";
  link.href = location.href;
  warn(trouble.dataset.signedOut, link);
}

function warn(text, ...more) {
  setText(asOf, asOf.dataset.text.replace("{time}", freshAt));
  const mark = element("span", "!");
  mark.className = "mark";
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", trouble.dataset.name);
  const words = element("div");
  words.append(element("p", text.replace("{time}", freshAt)), ...more);
  const banner = element("div");
  banner.className = "banner warning";
  banner.append(mark, words);
  trouble.replaceChildren(banner);
}

// putting what has come into the page

function take(wanted) {
  const before = new Map(Array.from(spoken(), (each) => [each.id, each.dataset.heard]));
  const focused = document.activeElement;
  const wasInside = rows.contains(focused);
  become(rows, wanted);
  if (wasInside && document.activeElement !== focused) {
    (rows.contains(focused) ? focused : rows).focus({ preventScroll: true });
  }
  changed();
  const news = [...spoken()].filter((each) => !each.hidden && before.get(each.id) !== each.dataset.heard);
  if (news.length) heard.textContent = news.map((each) => each.dataset.heard).join(" ");
}

// What is told to who hears the page, when it changes.
function spoken() {
  return rows.querySelectorAll("[data-heard]");
}

// Makes the children of `place` those of `wanted`, and keeps every node that can stay. Elements with
// an id are known by it; all others by their place, in which space between them does not count.
function become(place, wanted) {
  const ids = new Set(Array.from(wanted.children, (each) => each.id));
  for (const each of [...place.children]) if (each.id && !ids.has(each.id)) each.remove();
  let at = solid(place.firstChild);
  for (const each of [...wanted.childNodes].filter((one) => solid(one) === one)) {
    const kept = each.id ? place.querySelector(`:scope > #${CSS.escape(each.id)}`) : at;
    if (!kept || !isAlike(kept, each)) {
      place.insertBefore(document.importNode(each, true), at);
      continue;
    }
    if (kept === at) at = solid(at.nextSibling);
    else place.insertBefore(kept, at);
    if (kept.nodeType !== Node.ELEMENT_NODE) {
      if (kept.data !== each.data) kept.data = each.data;
    } else {
      dress(kept, each);
      become(kept, each);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// The first node, from `node` on, that is more than space.
function solid(node) {
  while (node?.nodeType === Node.TEXT_NODE && !node.data.trim()) node = node.nextSibling;
  return node;
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && (one.id ?? "") === (other.id ?? "");
}

function dress(place, wanted) {
  for (const { name } of [...place.attributes]) {
    if (!wanted.hasAttribute(name) && !OURS.includes(name)) place.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (place.getAttribute(name) !== value) place.setAttribute(name, value);
  }
}

export function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
