// One use of the ticket in the address gives the secret of this tab; it stays over a reload.
const ticket = location.hash.slice(1);
if (ticket) {
  history.replaceState(null, "", "/");
  const answer = await fetch("/api/enter", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Precheck-Ticket": ticket },
    body: "{}",
  });
  if (answer.ok) sessionStorage.setItem("session", (await answer.json()).session);
}

async function call(path, body) {
  const headers = { "X-Precheck-Session": sessionStorage.getItem("session") ?? "" };
  const options = { headers };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  }
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

let begun = false;

function show(state) {
  document.documentElement.lang = state.language;
  document.getElementById("readiness").textContent =
    state.problem?.text ?? state.readiness?.text ?? `${state.done} / ${state.total}`;
  const lines = state.rows.map((row) => {
    const line = document.createElement("li");
    line.textContent = [row.symbol, row.label, row.word, row.sentence, row.remedy]
      .filter(Boolean).join(" ");
    return line;
  });
  document.getElementById("rows").replaceChildren(...lines);
  if (begun && state.phase === "planned") {
    begun = false;
    call("/api/check", {});
  }
}

document.getElementById("start").addEventListener("click", () => {
  begun = true;
  call("/api/start", {});
});
document.getElementById("quit").addEventListener("click", () => call("/api/quit", {}));

for (let state = await call("/api/state"); ; ) {
  show(state);
  if (state.phase === "ended") break;
  state = await call(`/api/state?since=${state.seq}`);
}
