// Footnotes where there is no margin: opened below the line in which their mark stands.

import { attach } from "./styles.js";

const BREAKS = ".table, h2, h3, h4, summary, dt"; // no note fits between their words
const MARK = ".footnote-ref > a";

const body = document.querySelector("[data-notes]");
const opened = new Map();
let count = 0;

export async function toggle(mark) {
  await attach(body.dataset.notes);
  if (opened.has(mark)) close(mark);
  else open(mark);
}

function open(mark) {
  const note = copyOf(document.getElementById(mark.hash.slice(1)));
  (mark.closest(BREAKS) ?? mark.parentElement).after(note);
  opened.set(mark, note);
  mark.ariaExpanded = "true";
  mark.setAttribute("aria-controls", note.id);
}

function copyOf(item) {
  const note = document.createElement("span");
  note.className = "note";
  note.role = "note";
  note.append(...item.cloneNode(true).childNodes);
  for (const back of note.querySelectorAll(".footnote-backref")) back.remove();
  for (const named of note.querySelectorAll("[id]")) named.removeAttribute("id");
  note.id = `opened-note-${(count += 1)}`;
  return note;
}

function close(mark) {
  const note = opened.get(mark);
  for (const inner of note.querySelectorAll(MARK)) if (opened.has(inner)) close(inner);
  note.remove();
  opened.delete(mark);
  mark.ariaExpanded = mark.role && "false";
  mark.removeAttribute("aria-controls");
}

body.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches(MARK)) {
    event.preventDefault();
    toggle(event.target);
  }
  if (event.key !== "Escape") return;
  const held = [...opened].findLast(([mark, note]) => mark === event.target || note.contains(event.target));
  if (!held) return;
  close(held[0]);
  held[0].focus();
});

// There is a margin now, and the notes stand in it.
matchMedia("(width >= 75rem)").addEventListener("change", () => {
  for (const mark of [...opened.keys()]) if (opened.has(mark)) close(mark);
});
