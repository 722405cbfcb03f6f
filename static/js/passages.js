// The menu of a passage: it stands beside what is selected, never on it, until the selection goes.

import { fragmentFor } from "./text-fragment.js";
import { MAX_CHARS, MIN_CHARS, Refused, isSignedIn, keep, markAt, remove, sharedAt, wordsNow } from "./marks.js";
import { piece } from "./reading-pieces.js";
import { canRespond, respond } from "./respond.js";

const SETTLE_MS = 250;
const SAID_FOR_MS = 2000;
const GAP_PX = 10;
const TOUCH_GAP_PX = 30; // the handles of a selection

const text = document.querySelector("[data-story]");
const isTouch = matchMedia("(pointer: coarse)");
const menu = await piece("passage-menu");
const status = await piece("passage-status");
const ways = [...menu.querySelectorAll(".passage__way")];
const way = (does) => menu.querySelector(`[data-does=${does}]`);
const readers = menu.querySelector(".passage__readers");

let range; // the passage that the menu is about
let letters;
let words;
let timer = 0;
let isPressed = false;
let wasByKey = true; // until a pointer is used

document.querySelector("main").append(menu, status);
menu.hidden = true;

/** Offer what can be done with a passage. */
export async function offer(passage) {
  words = wordsNow();
  letters = words.letters(passage);
  if (!letters) return hide();
  range = passage;
  const mark = markAt(letters);
  const [first, last] = words.span(letters);
  const isKeepable = last - first >= MIN_CHARS && last - first <= MAX_CHARS;
  way("highlight").hidden = !isSignedIn || Boolean(mark) || !isKeepable;
  way("remove").hidden = !mark;
  way("respond").hidden = !canRespond();
  say(sharedAt(letters)?.readers);
  menu.hidden = false;
  roam(0);
  place();
  status.textContent = "";
  if (wasByKey) status.textContent = status.dataset.offer;
  return undefined;
}

function say(count) {
  readers.hidden = !count;
  if (count) readers.textContent = (count === 1 ? readers.dataset.one : readers.dataset.many).replace("{}", count);
}

function hide() {
  clearTimeout(timer); // what was about to show it again
  menu.hidden = true;
  range = undefined;
}

/** Above what is selected where there is room, else below; for a finger always below. */
function place() {
  const lines = [...range.getClientRects()].filter(({ width, height }) => width && height);
  if (!lines.length) return hide();
  const top = Math.min(...lines.map((line) => line.top));
  const bottom = Math.max(...lines.map((line) => line.bottom));
  // At the beginning of whatever it is placed in: from there its way is measured.
  menu.style.setProperty("top", "0");
  menu.style.setProperty("left", "0");
  const { width, height, ...origin } = menu.getBoundingClientRect().toJSON();
  const isAbove = !isTouch.matches && top - GAP_PX - height > 0;
  const beside = lines.find((line) => (isAbove ? line.top === top : line.bottom === bottom));
  const at = isAbove ? top - GAP_PX - height : bottom + (isTouch.matches ? TOUCH_GAP_PX : GAP_PX);
  const most = document.documentElement.clientWidth - width - GAP_PX;
  const left = Math.max(GAP_PX, Math.min(most, (beside.left + beside.right - width) / 2));
  menu.style.setProperty("top", `${at - origin.top}px`);
  menu.style.setProperty("left", `${left - origin.left}px`);
  return undefined;
}

function hear() {
  clearTimeout(timer);
  const selection = getSelection();
  if (selection.isCollapsed) {
    if (!menu.contains(document.activeElement)) hide();
    return;
  }
  if (!isPressed) timer = setTimeout(settle, SETTLE_MS);
}

function settle() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !text.contains(selection.anchorNode)) return;
  const passage = selection.getRangeAt(0).cloneRange();
  // A triple click reaches into the next block, and a hand that slips beyond the text.
  if (!text.contains(passage.endContainer)) passage.setEnd(text, text.childNodes.length);
  if (!text.contains(passage.startContainer)) passage.setStart(text, 0);
  offer(passage);
}

const deeds = {
  async highlight() {
    await keep(letters);
    done(status.dataset.kept);
  },
  async remove() {
    await remove(markAt(letters));
    done(status.dataset.removed);
  },
  respond() {
    const lines = words.lines(letters);
    done("");
    respond(lines);
  },
  async copy(button) {
    const { origin, pathname, search } = location;
    const { lang } = text;
    const address = `${origin}${pathname}${search}#${fragmentFor(range, lang)}`;
    if (!navigator.clipboard) return note(address); // without https there is none: then it can be copied by hand
    await navigator.clipboard.writeText(address);
    const name = button.dataset.name ?? button.textContent;
    Object.assign(button.dataset, { name });
    button.textContent = button.dataset.done;
    status.textContent = status.dataset.copied;
    setTimeout(() => (button.textContent = name), SAID_FOR_MS);
    return undefined;
  },
};

function done(said) {
  status.textContent = said;
  getSelection().removeAllRanges();
  hide();
}

async function act(button) {
  try {
    await deeds[button.dataset.does](button);
  } catch (error) {
    note(error instanceof Refused && error.message ? error.message : failure());
  }
}

function note(said) {
  readers.textContent = said;
  readers.hidden = false;
  status.textContent = said;
  place();
}

function failure() {
  return navigator.onLine ? menu.dataset.failed : menu.dataset.offline;
}

/** One stop for the Tab key; arrows go from way to way. */
function roam(to) {
  const shown = ways.filter((one) => !one.hidden);
  const next = shown.at(to % shown.length);
  for (const one of ways) one.tabIndex = one === next ? 0 : -1;
  return next;
}

menu.addEventListener("click", (event) => {
  const button = event.target.closest("[data-does]");
  if (button) act(button);
});
// The selection stays while somebody presses a way.
menu.addEventListener("pointerdown", (event) => event.preventDefault());
menu.addEventListener("keydown", (event) => {
  const shown = ways.filter((one) => !one.hidden);
  const at = shown.indexOf(document.activeElement);
  const isForward = getComputedStyle(menu).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (event.key === "Home") roam(0).focus();
  else if (event.key === "End") roam(-1).focus();
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    roam((at + (event.key === isForward ? 1 : -1) + shown.length) % shown.length).focus();
  } else return;
  event.preventDefault();
});

addEventListener("keydown", (event) => {
  wasByKey = true;
  if (menu.hidden || event.target.closest("dialog[open]")) return; // a window over the page has its own keys
  if (event.key === "Escape") {
    const wasInside = menu.contains(document.activeElement);
    hide();
    if (wasInside) document.activeElement.blur();
  } else if (event.key === "Tab" && !event.shiftKey && !menu.contains(document.activeElement)) {
    event.preventDefault();
    roam(0).focus();
  }
});
addEventListener("pointerdown", (event) => {
  wasByKey = false;
  isPressed = event.pointerType === "mouse" && !menu.contains(event.target);
  if (isPressed || !menu.contains(event.target)) hide();
});
addEventListener("pointerup", () => {
  isPressed = false;
  hear();
});
addEventListener("resize", () => range && place());
document.addEventListener("selectionchange", hear);
hear();
