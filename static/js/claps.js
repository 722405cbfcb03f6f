// Claps: what they need is loaded when a reader comes near one, or has given some before.

const HEARD = ["pointerover", "focusin", "pointerdown", "pointerup", "pointercancel", "submit", "click"];

const pressed = []; // before the rest had come
let held;
let coming;

function hear(event) {
  if (/up|cancel/.test(event.type)) held = undefined;
  const clap = event.target.closest?.(".clap:not([data-away])");
  if (!clap) return;
  const button = event.target.closest(".clap__button");
  if (event.type === "pointerdown") held = button;
  if (event.type === "submit") {
    event.preventDefault();
    pressed.push(event.submitter);
  }
  if (event.type === "click" && button?.ariaDisabled) pressed.push(button);
  load();
}

function load() {
  coming ??= Promise.all([import("./clapping.js"), import("./applause.js")]).then(begin, giveUp);
}

function begin([{ clap, hold }]) {
  for (const kind of HEARD) document.removeEventListener(kind, hear);
  pressed.forEach(clap);
  if (held) hold(held);
}

/** The button is that of a form which works without it. */
function giveUp() {
  coming = undefined;
  const button = pressed.pop();
  pressed.length = 0;
  if (navigator.onLine) button?.form?.submit();
}

for (const kind of HEARD) document.addEventListener(kind, hear);
if (document.cookie.includes("csrftoken=")) addEventListener("load", load);
