// Footnotes: in the margin beside their mark where there is one, else opened below the line in
// which the mark stands. Without this, and on paper, they stand at the end. One markup for all.

const WIDE = matchMedia("(width >= 75rem)");
const BETWEEN_PX = 14;
const BREAKS = ".table, h2, h3, h4, summary, dt"; // no note fits between their words

const section = document.querySelector(".footnotes");
const body = section.parentElement;
const article = body.closest("article");
const notes = [...section.querySelectorAll("ol > li[id]")];

const noteOf = (mark) => document.getElementById(mark.hash.slice(1));
const marksIn = (root) => [...root.querySelectorAll(".footnote-ref > a")];

/* In the margin. */

/** What leaves no room in the margin, from top to bottom. */
function wideThings(origin) {
  return [...body.querySelectorAll(":is([data-width=wide], [data-width=full])")].map((thing) => {
    const { top, bottom } = thing.getBoundingClientRect();
    return { top: top - origin - BETWEEN_PX, bottom: bottom - origin + BETWEEN_PX };
  });
}

/** The first place at or below `top` that is free for so much height. */
function below(top, height, things) {
  for (const thing of things) {
    if (top < thing.bottom && top + height > thing.top) top = thing.bottom;
  }
  return top;
}

/** The nearest place to the mark: just above a wide picture when the note fits there. */
function placeFor(wanted, height, free, things) {
  const down = below(Math.max(wanted, free), height, things);
  const blocking = things.findLast((thing) => thing.bottom === down);
  const up = blocking ? blocking.top - height : down;
  const fits = up >= free && below(up, height, things) === up;
  return fits && wanted - up < down - wanted ? up : down;
}

function place() {
  const origin = body.getBoundingClientRect().top;
  const things = wideThings(origin);
  let free = 0;
  for (const { note, mark } of inReadingOrder()) {
    const isSeen = mark.checkVisibility?.() ?? true; // it may be folded away
    note.hidden = !isSeen;
    if (!isSeen) continue;
    const wanted = mark.getBoundingClientRect().top - origin;
    const top = placeFor(wanted, note.offsetHeight, free, things);
    note.style.insetBlockStart = `${top}px`;
    free = top + note.offsetHeight + BETWEEN_PX;
  }
  // The last may be longer than all that stands beside it.
  const end = origin + free - article.getBoundingClientRect().top;
  article.style.minBlockSize = `${end}px`;
}

/** Each note once, at its first mark; what a note mentions comes right after it. */
function inReadingOrder() {
  const order = new Map();
  const take = (mark) => {
    const note = noteOf(mark);
    if (!note || order.has(note)) return;
    order.set(note, { note, mark });
    marksIn(note).forEach(take);
  };
  marksIn(body)
    .filter((mark) => !section.contains(mark))
    .forEach(take);
  return order.values();
}

/* Below the line. */

const opened = new Map();

function toggle(mark) {
  if (opened.has(mark)) return close(mark);
  const note = document.createElement("span");
  note.className = "note";
  note.role = "note";
  note.id = `note-${mark.id || opened.size}`;
  for (const child of noteOf(mark).childNodes) note.append(child.cloneNode(true));
  for (const back of note.querySelectorAll(".footnote-backref")) back.remove();
  for (const named of note.querySelectorAll("[id]")) named.removeAttribute("id");
  (mark.closest(BREAKS) ?? mark.parentElement).after(note);
  marksIn(note).forEach(dress);
  opened.set(mark, note);
  mark.ariaExpanded = "true";
  mark.setAttribute("aria-controls", note.id);
}

function close(mark) {
  for (const inner of marksIn(opened.get(mark))) if (opened.has(inner)) close(inner);
  opened.get(mark).remove();
  opened.delete(mark);
  mark.ariaExpanded = "false";
  mark.removeAttribute("aria-controls");
}

/** A mark is a button where it opens something, and a link where it leads to the margin. */
function dress(mark) {
  mark.role = WIDE.matches ? null : "button";
  mark.ariaExpanded = WIDE.matches ? null : "false";
}

/* Both. */

function arrange() {
  [...opened.keys()].forEach((mark) => opened.has(mark) && close(mark));
  marksIn(body).forEach(dress);
  section.toggleAttribute("data-placed", WIDE.matches);
  if (WIDE.matches) return place();
  article.style.minBlockSize = "";
  for (const note of notes) {
    note.hidden = false;
    note.style.insetBlockStart = "";
  }
}

/** Beside each other, both are in sight: the page does not jump, and the keyboard goes along. */
function go(target) {
  const link = target.matches("li") ? target : (target.querySelector("a") ?? target);
  if (target.matches("li")) target.tabIndex = -1;
  link.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

body.addEventListener("click", (event) => {
  const link = event.target.closest(".footnote-ref > a, .footnote-backref");
  const target = link && noteOf(link);
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (WIDE.matches) go(target);
  else toggle(link);
});

body.addEventListener("keydown", (event) => {
  const mark = event.target.closest(".footnote-ref > [role=button]");
  if (event.key === " " && mark) {
    event.preventDefault();
    toggle(mark);
  } else if (event.key === "Escape") {
    const held = [...opened].find(([one, note]) => one === mark || note.contains(event.target));
    if (!held) return;
    close(held[0]);
    held[0].focus();
  }
});

arrange();
WIDE.addEventListener("change", arrange);
// Whatever moves the words moves their notes: a font that arrives, something unfolded.
new ResizeObserver(() => WIDE.matches && place()).observe(body);
if (location.hash.startsWith("#fn-") && !WIDE.matches) {
  const mark = marksIn(body).find((one) => one.hash === location.hash);
  if (mark && !opened.has(mark)) toggle(mark);
  mark?.scrollIntoView({ block: "center" });
}
