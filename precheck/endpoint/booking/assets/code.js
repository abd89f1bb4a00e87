// Copies what stands on the page, and prints the slip. Without this the text can be marked by hand,
// and the browser's own menu prints.

const said = document.getElementById("said");

for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copied(source)) {
      said.textContent = "";
      button.textContent = button.dataset.done;
      said.textContent = button.dataset.done;
    }
  });
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

async function copied(source) {
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
    return true;
  } catch {
    // Not over plain HTTP, or not allowed: what is marked can be copied by hand.
    getSelection().selectAllChildren(source);
    source.select?.();
    return false;
  }
}
