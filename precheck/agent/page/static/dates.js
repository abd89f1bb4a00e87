// Days and times as people in Japan read them, wherever the device believes to be.

const ZONE = { timeZone: "Asia/Tokyo" };
const DATE = { ...ZONE, year: "numeric", month: "long", day: "numeric" };
const DAY = { ...DATE, weekday: "short" };
const TIME = { hour: "numeric", minute: "2-digit", hour12: true };

export function moment(app, iso) {
  return said(app, new Date(iso), { ...DAY, ...TIME });
}

// From one moment to another: what both have in common is said once.
export function span(app, from, to) {
  const start = moment(app, from);
  const end = moment(app, to);
  if (start === end) return start;
  const day = (iso) => said(app, new Date(iso), DAY);
  const sameDay = day(from) === day(to);
  return app.say("time_span", { start, end: sameDay ? said(app, new Date(to), { ...ZONE, ...TIME }) : end });
}

// `iso` is a day such as 2026-11-24.
export function date(app, iso) {
  return said(app, new Date(`${iso}T12:00:00+09:00`), DATE);
}

// The day so many days before the moment `iso`; null where it is over.
export function daysBefore(app, iso, days) {
  const then = new Date(new Date(iso).getTime() - days * 86400e3);
  return then > new Date() ? said(app, then, DAY) : null;
}

// Whether the moment `iso` is still to come on a later day than this one.
export function onALaterDay(iso) {
  const day = (moment) => new Intl.DateTimeFormat("sv-SE", ZONE).format(moment);
  return day(new Date(iso)) > day(new Date());
}

function said(app, date, options) {
  const language = app.state.language;
  const text = new Intl.DateTimeFormat(language === "ja" ? "ja-JP" : "en-GB", options).format(date);
  return language === "ja" ? text.replace("(", "（").replace(/\) ?/, "）") : text;
}
