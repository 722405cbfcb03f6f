// Loads what somebody who responds uses at its first use: preview, names, quotes, what was typed before.

const KEPT = "response-drafts"; // drafts.js

let passage = ""; // what is selected when "Reply" is pressed: the press itself may take it away

function help({ target }) {
  if (target.matches?.("response-composer textarea")) import("./response-composer.js");
}

/** The words selected in the response that a "Reply" stands under. */
function selectedAt(summary) {
  const text = summary?.closest(".response").querySelector(".response__text");
  const selection = getSelection();
  const isInside = text && text.contains(selection.anchorNode) && text.contains(selection.focusNode);
  return isInside ? String(selection).trim() : "";
}

addEventListener("focusin", help);
help({ target: document.activeElement });

addEventListener("pointerdown", ({ target }) => {
  passage = selectedAt(target.closest(".reply > summary"));
});

/** Whoever opens a reply wants to write it; one that opens with kept words takes nobody away. */
function goIn(fold) {
  const field = fold.querySelector("textarea");
  if (!fold.open) fold.addEventListener("toggle", () => field.focus(), { once: true });
}

addEventListener("click", async (event) => {
  const summary = event.target.closest(".reply > summary");
  if (summary) goIn(summary.parentElement);
  const words = summary && (passage || selectedAt(summary));
  if (!words) return;
  passage = "";
  if (summary.parentElement.open) event.preventDefault(); // open, it stays so
  const { quote } = await import("./respond.js");
  quote(summary.parentElement.querySelector("textarea"), words.split(/\s*\n\s*/));
});

try {
  const isKept = KEPT in localStorage || KEPT in sessionStorage;
  if (isKept || document.cookie.includes("responded=")) import("./drafts.js");
} catch {
  // Storage is switched off: nothing was kept.
}
