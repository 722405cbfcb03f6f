// A copy button on every block of code in a story; the words come from the page's own language.

const SAID_FOR_MS = 2000;

function addButton(block, { copy, copied }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code__copy";
  button.textContent = copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("pre").textContent);
    button.textContent = copied;
    setTimeout(() => (button.textContent = copy), SAID_FOR_MS);
  });
  block.append(button);
}

// The clipboard is there on https and on this very machine only.
if (navigator.clipboard) {
  for (const body of document.querySelectorAll("[data-copy]")) {
    for (const block of body.querySelectorAll(".code")) addButton(block, body.dataset);
  }
}
