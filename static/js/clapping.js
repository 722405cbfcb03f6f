// One clap a press, about eight a second while held, up to 50, and a way back: for a story and for
// its responses. What a page shows of one thing, above and below, is one count.

import { Applause, applause, ask, begin } from "./applause.js";

const HOLD_AFTER_MS = 350;
const HOLD_EVERY_MS = 125;
const BUBBLE_MS = 700;
const BOUNCE_MS = 180;

const words = document.querySelector("#clap-words");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const controls = new Map(); // by the element that they are on

/** What stands on the page for one thing: the hand, the count, the way back. */
class Control {
  button;
  applause;
  #root;
  #label;
  #bubble;
  #undo;
  #note;

  static of(root) {
    if (!controls.has(root)) controls.set(root, new Control(root));
    return controls.get(root);
  }

  constructor(root) {
    this.#root = root;
    this.button = root.querySelector(".clap__button");
    this.#note = document.createElement("p");
    this.#note.className = "clap__note";
    this.#note.hidden = true;
    root.after(this.#note);
    if (this.button.form) this.#dress();
  }

  #dress() {
    const pieces = document.importNode(words.content, true);
    const hand = this.button.querySelector(".clap__hand");
    hand.prepend(pieces.querySelector(".clap__ring"));
    this.#bubble = pieces.querySelector(".clap__bubble");
    hand.append(this.#bubble);
    this.#undo = this.#root.querySelector(".clap__undo") ?? pieces.querySelector(".clap__undo");
    if (!this.#undo.isConnected) this.#root.append(this.#undo);
    this.#label = this.button.ariaLabel;
    this.applause = applause(this.#root);
    this.applause.addEventListener("change", () => this.#show());
    this.applause.addEventListener("rest", () => announce(this.#words()));
    this.#show();
  }

  give() {
    if (!this.applause) return this.say(this.button.title);
    this.applause.give();
    const { given, mine } = this.applause;
    this.#bubble.textContent = given ? `+${given}` : mine;
    if (calm.matches) return;
    const icon = this.button.querySelector(".icon");
    icon.animate({ scale: [1, 1.18, 1] }, { duration: BOUNCE_MS, easing: "ease-out" });
    for (const old of this.#bubble.getAnimations()) old.cancel();
    this.#bubble.animate(
      { opacity: [0, 1, 1, 0], translate: ["0 30%", "0 -10%", "0 -20%", "0 -70%"] },
      { duration: BUBBLE_MS, easing: "ease-out" },
    );
  }

  withdraw() {
    this.applause.withdraw();
    this.button.focus();
  }

  #show() {
    const { mine, total, note } = this.applause;
    const count = this.#root.querySelector(".clap__count");
    this.#root.style.setProperty("--mine", mine);
    this.#root.toggleAttribute("data-given", mine > 0);
    count.firstChild.data = compact(total);
    count.hidden = total === 0 && "size" in this.#root.dataset;
    this.button.ariaLabel = this.#words();
    this.#undo.hidden = mine === 0;
    this.say(note);
  }

  #words() {
    const { mine, total } = this.applause;
    const said = total === 1 ? words.dataset.one : words.dataset.many;
    return said.replace("{label}", this.#label).replace("{total}", total).replace("{mine}", mine);
  }

  say(note) {
    if (this.#note.textContent === note) return;
    this.#note.textContent = note;
    this.#note.hidden = !note;
    if (note) announce(note);
  }
}

/** 1234 → "1.2K", like the template filter of this name. */
function compact(count) {
  for (const [size, letter] of [[1e6, "M"], [1e3, "K"]]) {
    if (count < size) continue;
    const tenths = Math.floor((count * 10) / size);
    const isWhole = tenths >= 100 || tenths % 10 === 0;
    return (isWhole ? Math.floor(tenths / 10) : tenths / 10) + letter;
  }
  return String(count);
}

let region;

/** Say it once, politely, however many hands the page has. */
function announce(said) {
  if (!region) {
    region = document.createElement("p");
    region.className = "visually-hidden";
    region.role = "status";
    document.body.append(region);
  }
  if (region.textContent !== said) region.textContent = said;
}

// A press that lasts.

let timer = 0;
let wentOn = false; // by itself: its claps are given, and its click is none

export function clap(button) {
  if (button.matches(".clap__undo")) return Control.of(button.closest(".clap")).withdraw();
  Control.of(button.closest(".clap")).give();
}

export function hold(button) {
  const control = Control.of(button.closest(".clap"));
  release();
  wentOn = false;
  const again = () => {
    wentOn = true;
    control.give();
    if (control.applause.mine < Applause.MOST) timer = setTimeout(again, HOLD_EVERY_MS);
  };
  if (control.applause) timer = setTimeout(again, HOLD_AFTER_MS);
}

function release() {
  clearTimeout(timer);
}

const hand = ({ target }) => target.closest?.(".clap:not([data-away]) .clap__button");
const isKey = ({ key }) => key === " " || key === "Enter";

let isHeard = false; // the key that is down; one that went down before this had come gives its click

document.addEventListener("submit", (event) => {
  if (event.target.closest(".clap:not([data-away])")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const undo = event.target.closest(".clap__undo");
  const button = hand(event);
  if (undo) {
    event.preventDefault();
    clap(undo);
  } else if (button) {
    if (!wentOn || !event.detail) clap(button);
    wentOn = false;
  }
});
document.addEventListener("pointerdown", (event) => {
  if (hand(event) && event.button === 0) hold(hand(event));
});
document.addEventListener("keydown", (event) => {
  if (!hand(event)?.form || !isKey(event)) return;
  event.preventDefault(); // the browser's own repeat is as fast as the reader's system says
  if (event.repeat) return;
  isHeard = true;
  clap(hand(event));
  hold(hand(event));
});
document.addEventListener("keyup", (event) => {
  if (!hand(event)?.form) return;
  release();
  if (event.key === " " && isHeard) event.preventDefault();
  isHeard = wentOn = false;
});
document.addEventListener("pointerout", (event) => {
  if (hand(event) && !hand(event).contains(event.relatedTarget)) release();
});
document.addEventListener("contextmenu", (event) => wentOn && hand(event) && event.preventDefault());
for (const end of ["pointerup", "pointercancel", "focusout"]) document.addEventListener(end, release);
addEventListener("blur", release);

// Claps given earlier, or in another tab, are not in the page, which is the same for everybody.

begin((root) => Control.of(root));
if (document.cookie.includes("csrftoken=")) ask();
