// Opens the appointment whose code stands behind the # of the address. Browsers never send that
// part; the code goes to the server in a header and into no address. Without this script, or where
// it fails, the code is typed into the form.

const heldBy = () => decodeURIComponent(location.hash.slice(1)).replace(/[^0-9０-９]/g, "");

async function open(code) {
  const asking = document.querySelector("[data-loading]");
  if (!asking || !code) return;
  const said = document.getElementById("said");
  said.textContent = asking.dataset.loading;
  try {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: { Authorization: `Appointment ${code}` },
      body: new URLSearchParams({ touched: navigator.maxTouchPoints > 1 ? "1" : "0" }),
      cache: "no-store",
      redirect: "error",
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    document.querySelector("main h1").focus();
  } catch {
    said.className = "";
    said.textContent = asking.dataset.failed;
  }
}

function keepOnSwitching() {
  for (const link of document.querySelectorAll("header a[hreflang]")) link.hash = location.hash;
}

addEventListener("hashchange", () => location.reload());
keepOnSwitching();
open(heldBy());
