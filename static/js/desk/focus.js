// Focus: the sheet alone, until Escape, its button, or the mouse at the top brings the rest back.

const EDGE_PX = 4;

const { body } = document;
const form = document.getElementById("post_form");
const enter = document.querySelector("[data-role=focus]");
const leave = document.querySelector("[data-role=unfocus]");

function isFocused() {
  return body.dataset.focus === "on";
}

function set(isOn) {
  if (isOn === isFocused()) return;
  const { source } = form.elements;
  const active = document.activeElement;
  const { selectionStart, selectionEnd, scrollTop } = source;
  if (isOn) body.dataset.focus = "on";
  else delete body.dataset.focus;
  leave.hidden = !isOn;
  // What had the keyboard may be gone now; the text never is.
  if (active === body || !active.checkVisibility()) {
    source.focus({ preventScroll: true });
    source.setSelectionRange(selectionStart, selectionEnd);
  }
  source.scrollTop = scrollTop;
}

enter.addEventListener("click", () => set(true));
leave.addEventListener("click", () => set(false));

addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const isShortcut = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && event.code === "Period";
  if (isShortcut) {
    event.preventDefault();
    set(!isFocused());
  } else if (event.key === "Escape" && isFocused()) {
    set(false);
  }
});

addEventListener("pointermove", ({ pointerType, clientY }) => {
  if (pointerType === "mouse" && clientY < EDGE_PX) set(false);
});
