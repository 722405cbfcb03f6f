// Footnotes where there is a margin: each stands in it beside its mark, below those before it, and
// makes way for wide pictures. They stay the list that they are on paper and without this.

import { attach } from "./styles.js";

const WIDE = matchMedia("(width >= 75rem)");
const BETWEEN_PX = 14;

const body = document.querySelector("[data-notes]");
const section = body.querySelector(".footnotes");
const article = body.closest("article");
const noteOf = (mark) => document.getElementById(mark.hash.slice(1));
const marksIn = (root) => [...root.querySelectorAll(".footnote-ref > a")];

function place() {
  const origin = body.getBoundingClientRect().top;
  const things = wideThings(origin);
  const notes = measured(origin);
  let free = 0;
  for (const { note, wanted, height, isSeen } of notes) {
    note.toggleAttribute("data-folded", !isSeen); // on paper it stands with the others
    if (!isSeen) continue;
    const top = placeFor(wanted, height, free, things);
    note.style.insetBlockStart = `${top}px`;
    free = top + height + BETWEEN_PX;
  }
  // The last may be longer than all that stands beside it.
  const above = origin - article.getBoundingClientRect().top;
  article.style.minBlockSize = `${above + free}px`;
}

/** All that has to be read from the page, before anything in it moves. */
function measured(origin) {
  const order = [...inReadingOrder()];
  for (const [note] of order) note.removeAttribute("data-folded");
  return order.map(([note, mark]) => ({
    note,
    wanted: mark.getBoundingClientRect().top - origin,
    height: note.offsetHeight,
    isSeen: mark.checkVisibility?.() ?? true,
  }));
}

/** Each note once, with its first mark; what a note mentions comes right after it, at its mark. */
function inReadingOrder() {
  const order = new Map();
  const take = (link, mark) => {
    const note = noteOf(link);
    if (!note || order.has(note)) return;
    order.set(note, mark);
    for (const inner of marksIn(note)) take(inner, mark);
  };
  for (const mark of marksIn(body)) if (!section.contains(mark)) take(mark, mark);
  return order;
}

/** What leaves no room in the margin, from top to bottom. */
function wideThings(origin) {
  return [...body.querySelectorAll(":is([data-width=wide], [data-width=full])")].map((thing) => {
    const { top, bottom } = thing.getBoundingClientRect();
    return { top: top - origin - BETWEEN_PX, bottom: bottom - origin + BETWEEN_PX };
  });
}

/** The nearest place to the mark that is free: above a wide picture where the note fits there. */
function placeFor(wanted, height, free, things) {
  const down = below(Math.max(wanted, free), height, things);
  const blocking = things.find((thing) => thing.bottom === down);
  const up = blocking ? blocking.top - height : down;
  const fits = up >= free && below(up, height, things) === up;
  return fits && wanted - up < down - wanted ? up : down;
}

/** The first place from `top` on that is free for so much height. */
function below(top, height, things) {
  for (const thing of things) {
    if (top < thing.bottom && top + height > thing.top) top = thing.bottom;
  }
  return top;
}

function arrange() {
  section.toggleAttribute("data-placed", WIDE.matches);
  if (WIDE.matches) return place();
  article.style.minBlockSize = "";
  for (const note of inReadingOrder().keys()) note.style.insetBlockStart = "";
}

/** Mark and note are both in sight: the page does not jump, and the keyboard goes along. */
function go(event) {
  const link = event.target.closest(".footnote-ref > a, .footnote-backref");
  const target = link && noteOf(link);
  if (!target || !WIDE.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!target.matches("a")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

await attach(body.dataset.notes);
arrange();
body.addEventListener("click", go);
WIDE.addEventListener("change", arrange);
// Whatever moves the words moves their notes: a font that arrives, something unfolded.
new ResizeObserver(() => WIDE.matches && place()).observe(body);
