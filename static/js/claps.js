// Claps: what they need is loaded when a reader comes near one, or has given some before.

const HEARD = ["pointerover", "focusin", "pointerdown", "pointerup", "pointercancel", "submit", "click"];
const AGAIN_AFTER_MS = 1000;
const MAX_TRIES = 3;

const pressed = []; // before the rest had come
let held;
let coming;
let tries = 0;
let note;

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
  note?.remove();
  pressed.forEach(clap);
  if (held) hold(held);
}

/** What was pressed is kept, and offered again; at last the button is that of a form which works without this. */
function giveUp() {
  coming = undefined;
  const form = pressed.at(-1)?.form;
  if (!navigator.onLine) {
    addEventListener("online", again, { once: true });
    if (form) say(form);
  } else if (form && (tries += 1) < MAX_TRIES) {
    again();
  } else {
    pressed.length = 0;
    form?.submit();
  }
}

/** A network that has just come back does not carry anything yet. */
function again() {
  setTimeout(load, AGAIN_AFTER_MS);
}

function say(form) {
  note ??= document.createElement("p");
  note.className = "clap__note";
  note.role = "status";
  form.parentElement.after(note);
  note.textContent = document.querySelector("#clap-words").dataset.offline;
}

for (const kind of HEARD) document.addEventListener(kind, hear);
if (document.cookie.includes("csrftoken=")) addEventListener("load", load);
