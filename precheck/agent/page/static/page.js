// The page: one snapshot of everything comes from the program after each change and is drawn.

import { Refused, enter, get, leave, post } from "/api.js";
import { banner, frame, help, offered, steps } from "/frame.js";
import { Media } from "/media.js";
import { sheet } from "/sheet.js";
import { h, patch } from "/tree.js";
import { viewOf } from "/views.js";

const KEPT = "page";
const SLOW_SECONDS = [10, 30];
const BETWEEN_TRIES = 2000;
const BETWEEN_NEWS = 3000;
// For so long, camera and microphone stay on while nobody can see the page.
const UNSEEN = 60_000;

const part = (id) => document.getElementById(id);

class App {
  state = null;
  words = null;
  // The program does not answer.
  away = false;
  // What it was asked to do last and has not answered yet.
  asked = null;
  // What the person does on this tab alone; it stays over a reload.
  ui = { step: null, open: {}, large: false, ...kept() };
  // What goes with a reload: an error to show, what was typed.
  passing = { notice: null };
  media = new Media(this);

  say(key, values = {}) {
    const text = this.words.phrases[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? "—");
  }

  // Changes what this tab shows.
  change(values) {
    Object.assign(this.ui, values);
    sessionStorage.setItem(KEPT, JSON.stringify(this.ui));
    this.draw();
    this.keepADraft();
  }

  note(values) {
    Object.assign(this.passing, values);
    this.draw();
  }

  go(step) {
    this.passing = { notice: null };
    this.change({ step });
  }

  // Has the program do something; says whether it did. Pressed twice, it is asked for once.
  async act(action, body = {}) {
    const asked = JSON.stringify([action, body]);
    if (this.asked === asked) return false;
    this.asked = asked;
    this.passing.notice = null;
    // Or the check would find the camera in use, by this very page.
    if (action === "check") this.media.stop();
    try {
      await this.take(await post(`/api/${action}`, body));
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    } finally {
      if (this.asked === asked) this.asked = null;
    }
  }

  async take(state) {
    this.away = false;
    if (this.words?.language !== state.language) this.words = await get("/api/words");
    // A newer one may have come while the words did.
    if (this.state !== null && state.seq < this.state.seq) return;
    this.state = state;
    this.takenAt = clocks();
    this.checkedAt = state.age_seconds !== null && new Date(Date.now() - state.age_seconds * 1000).toISOString();
    this.beginAnew();
    this.checkingSince = Date.now() - state.checking_seconds * 1000;
    this.openFirstFail();
    this.draw();
    this.keepADraft();
  }

  failed(error) {
    const refused = error instanceof Refused;
    if (!refused && !(error instanceof TypeError)) throw error;
    if (!refused || error.status === 401) this.away = true;
    else this.passing.notice = error.text ?? this.say("error_unexpected");
    if (this.state !== null) this.draw();
  }

  // What was done on this tab belongs to the code it was done for; another may have come by another
  // tab.
  beginAnew() {
    const { visit } = this.state;
    if (this.ui.visit === visit) return;
    Object.assign(this.ui, { visit, step: null, goesOn: false, open: {} });
    this.passing = { notice: null };
  }

  // What the page shows grows old when the program that would say so is gone, too. One of the two
  // clocks stands still in sleep, the other may be put back. Says whether it is too old since now.
  grewOld() {
    const { state } = this;
    if (state.fresh_seconds === null || state.too_old) return false;
    const passed = Math.max(...clocks().map((now, index) => now - this.takenAt[index])) / 1000;
    if (passed <= state.fresh_seconds) return false;
    this.state = { ...state, too_old: true, draft: null, readout: null };
    return true;
  }

  // Once everything has landed, the first thing to put right lies open.
  openFirstFail() {
    const { state, ui } = this;
    if (state.phase !== "checked") return;
    const first = state.rows.find((row) => row.verdict === "fail");
    if (first !== undefined && ui.open[first.check] === undefined) ui.open[first.check] = true;
  }

  // Whoever is about to consent sees what would be sent now. What is too old is checked again for
  // that, unless it could not be done the last time.
  async keepADraft() {
    const { state } = this;
    const settled = state.declined || ["sent", "kept"].includes(state.delivery?.state);
    if (viewOf(this).name !== "confirm" || !state.can_send || state.draft || settled) return;
    if (this.drafting || state.problem) return;
    this.drafting = true;
    if (state.too_old) this.passing.refreshed = true;
    await this.act("draft");
    this.drafting = false;
  }

  // Seconds since the checks were started, one of the limits that a sentence is said at.
  slow() {
    const seconds = (Date.now() - this.checkingSince) / 1000;
    return SLOW_SECONDS.filter((limit) => seconds >= limit).pop() ?? 0;
  }

  draw() {
    const { state, ui } = this;
    const root = document.documentElement;
    root.lang = state.language;
    root.classList.toggle("large-letters", ui.large);
    const view = viewOf(this);
    const around = placesOf(document.activeElement);
    const heading = view.heading(this);
    document.title = `${heading} — ${this.say("title")}`;
    patch(part("frame"), frame(this));
    patch(part("steps"), steps(this, view.step));
    patch(part("alert"), [
      this.away && banner(this, "error", this.say("page_away")),
      this.passing.notice && h("div", { key: "notice" }, banner(this, "error", this.passing.notice)),
      state.problem && h("div", { key: "problem" }, banner(this, "error", state.problem.text)),
      offered(this),
    ]);
    patch(part("main"), [
      h("h1", { tabindex: "-1", key: "heading" }, heading),
      h("div", { key: view.name }, view.draw(this)),
    ]);
    patch(part("help"), help(this));
    patch(part("sheet"), sheet(this));
    stayNear(around);
    if (this.shown !== undefined && this.shown !== view.name) {
      this.media.stop();
      part("main").firstElementChild.focus();
      window.scrollTo(0, 0);
    }
    this.shown = view.name;
    this.announce();
  }

  // Says politely how far the checks are, not more often than anybody can listen to; at the end what
  // all of them say, or what the one says that was done again alone.
  announce() {
    const { state } = this;
    const ended = this.wasChecking && state.readiness;
    const begins = !this.wasChecking && state.phase === "checking";
    const lookedUp = this.wasLookingUp && state.phase !== "looking_up";
    this.wasChecking = state.phase === "checking";
    this.wasLookingUp = state.phase === "looking_up";
    let text = "";
    if (this.wasChecking) {
      if (begins) {
        const running = state.rows.filter((row) => row.running);
        this.again = running.length === 1 ? running[0].check : null;
        this.announcedAt = 0;
      }
      if (Date.now() - (this.announcedAt ?? 0) < BETWEEN_NEWS) return;
      text = `${this.say("checking")} ${state.done} / ${state.total}`;
      this.announcedAt = Date.now();
    } else if (ended) {
      const row = state.rows.find(({ check }) => check === this.again);
      text = row ? `${row.label}：${row.word}。${row.sentence}` : state.readiness.text;
    } else if (state.phase === "looking_up") {
      text = this.say("page_looking_up");
    } else if (!lookedUp) {
      return;
    }
    if (part("news").textContent !== text) part("news").textContent = text;
  }

  // Follows the program until it ends. What is on the page stays there when it is gone.
  async follow() {
    while (this.state.phase !== "ended") {
      try {
        await this.take(await get(`/api/state?since=${this.state.seq}`));
      } catch (error) {
        this.failed(error);
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES));
      }
    }
    this.media.stop();
  }
}

function clocks() {
  return [Date.now(), performance.now()];
}

// An element and all that it stands in, from within.
function placesOf(element) {
  const places = [];
  for (let at = element; at && at !== document.body; at = at.parentElement) places.push(at);
  return places;
}

// Whoever stood on something that is gone stands on what was round it, and goes on from there.
function stayNear(places) {
  if (places.length === 0 || places[0].isConnected) return;
  const left = places.find((place) => place.isConnected);
  if (left === undefined) return;
  left.tabIndex = -1;
  left.focus({ preventScroll: true });
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

async function open() {
  const app = new App();
  try {
    if (!(await enter())) throw new Refused(401);
    const [state, words] = await Promise.all([get("/api/state"), get("/api/words")]);
    app.words = words;
    await app.take(state);
  } catch (error) {
    part("closed").hidden = false;
    part("opening").hidden = true;
    if (error instanceof Refused) return;
    throw error;
  }
  part("opening").hidden = true;
  addEventListener("pagehide", () => {
    app.media.stop();
    leave();
  });
  let unseen;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(unseen);
    if (document.hidden) unseen = setTimeout(() => app.media.stop(), UNSEEN);
  });
  // A browser lets a tab that holds a lock go on in the background.
  navigator.locks?.request(`page ${Math.random()}`, () => new Promise(() => {}));
  setInterval(() => (app.grewOld() || app.state.phase === "checking") && app.draw(), 1000);
  addEventListener("beforeprint", () => {
    app.grewOld();
    app.draw();
  });
  await app.follow();
}

open();
