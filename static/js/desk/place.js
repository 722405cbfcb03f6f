// A place of the story, in sight and under the caret: one that the page was opened for
// (?from=…&to=… of the text, or a field by its name behind the #), or one that a list leads to.

const form = document.getElementById("post_form");

export function showPlace({ start, end }) {
  const field = form.elements.source;
  if (!field.checkVisibility()) document.querySelector("[data-view=write][aria-pressed]").click();
  field.focus();
  field.setSelectionRange(end, end);
  // Only a caret that moves is scrolled to.
  field.blur();
  field.focus();
  field.setSelectionRange(start, end);
}

// The server counts characters; a browser counts one beyond U+FFFF, like an emoji, as two.
function inBrowser(text, place) {
  return [...text].slice(0, place).join("").length;
}

function showField(id) {
  const target = document.getElementById(id);
  if (!target || !form.contains(target)) return;
  const fold = document.querySelector("[aria-controls=panel]");
  if (target.closest("#panel") && fold.getAttribute("aria-expanded") === "false") fold.click();
  const folded = target.closest("details");
  if (folded) folded.open = true;
  target.scrollIntoView({ block: "center" });
  (target.matches("input, textarea, select") ? target : target.querySelector("input"))?.focus();
}

function showAsked() {
  const asked = new URLSearchParams(location.search);
  const [from, to] = ["from", "to"].map((name) => Number.parseInt(asked.get(name), 10));
  if (from >= 0 && to >= from) {
    const text = form.elements.source.value;
    showPlace({ start: inBrowser(text, from), end: inBrowser(text, to) });
    // Once is enough: the next reload is not about this place.
    history.replaceState(history.state, "", location.pathname);
  } else if (location.hash) {
    showField(location.hash.slice(1));
  }
}

showAsked();
