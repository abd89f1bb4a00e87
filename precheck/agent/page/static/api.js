// How the page talks to the program that served it.

const KEPT = "session";

// What the program said no to: `problem` is its word for it, `text` a sentence for the person.
export class Refused extends Error {
  constructor(status, answer) {
    super(String(status));
    this.status = status;
    this.problem = answer?.problem;
    this.text = answer?.text ?? null;
  }
}

// The ticket in the address is good once and gives the secret of this tab, which stays over a
// reload. Says whether there is a secret.
export async function enter() {
  const ticket = location.hash.slice(1);
  if (ticket) {
    history.replaceState(null, "", "/");
    const answer = await fetch("/api/enter", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Precheck-Ticket": ticket },
      body: "{}",
    });
    if (answer.ok) sessionStorage.setItem(KEPT, (await answer.json()).session);
  }
  return sessionStorage.getItem(KEPT) !== null;
}

export function get(path) {
  return call(path, {}, {});
}

// Says that this page goes away; a browser sends it even when it closes the tab.
export function leave() {
  const options = { method: "POST", body: "{}", keepalive: true };
  call("/api/leave", options, { "Content-Type": "application/json" }).catch(() => {});
}

export function post(path, body) {
  return call(
    path,
    { method: "POST", body: JSON.stringify(body) },
    { "Content-Type": "application/json" },
  );
}

async function call(path, options, headers) {
  const answer = await fetch(path, {
    ...options,
    headers: { ...headers, "X-Precheck-Session": sessionStorage.getItem(KEPT) ?? "" },
  });
  if (answer.ok) return answer.json();
  throw new Refused(answer.status, await answer.json().catch(() => null));
}
