// The passages that a reader has marked, and those that many have: painted over the text, which stays as it is.

import { Words } from "./quotes.js";
import { piece } from "./reading-pieces.js";

export const MIN_CHARS = 10;
export const MAX_CHARS = 2000;

const text = document.querySelector("[data-story]");
const url = `${text.dataset.story}highlights/`;
const isSignedIn = "reader" in document.documentElement.dataset;
const headers = { Accept: "application/json" };

let words = new Words(text);
let mine = []; // [{id, letters}]
let shared = []; // [{readers, letters}]
let token = "";

export class Refused extends Error {}

export { isSignedIn };

/** The words as they stand now; other scripts may have put some in, or taken some out. */
export function wordsNow() {
  const now = new Words(text);
  if (now.plain === words.plain) return words;
  words = now;
  [mine, shared] = [placed(mine), placed(shared)];
  return words;
}

/** A mark of one's own that the passage lies in, or that lies in it. */
export function markAt([start, end]) {
  return mine.find(({ letters: [first, last] }) => first < end && start < last);
}

export function sharedAt([start, end]) {
  return shared.find(({ letters: [first, last] }) => first < end && start < last);
}

export async function keep(letters) {
  const { exact, prefix: before, suffix: after, position } = words.quote(letters);
  const kept = await send(url, { exact, before, after, position });
  mine.push({ ...(await kept.json()), letters });
  await paint();
}

export async function remove(mark) {
  await send(`/highlights/${mark.id}/removal/`, {});
  mine = mine.filter(({ id }) => id !== mark.id);
  await paint();
}

async function send(to, fields) {
  if (!token) await ask();
  const answer = await fetch(to, {
    method: "POST",
    headers: { ...headers, "X-CSRFToken": token },
    body: new URLSearchParams(fields),
  });
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Refused(said.error ?? "");
}

async function ask() {
  const answer = await fetch(`${url}mine/`, { headers });
  if (!answer.ok) throw new Refused("");
  const known = await answer.json();
  token = known.token;
  mine = placed(known.highlights);
}

async function askForShared() {
  const answer = await fetch(url, { headers });
  if (answer.ok) shared = placed((await answer.json()).passages);
}

/** Those that still stand there; the others are in the reader's list. */
function placed(quotes) {
  return quotes.map((quote) => ({ ...quote, letters: words.find(quote) })).filter(({ letters }) => letters);
}

async function paint() {
  if (!CSS.highlights) return;
  if (mine.length || shared.length) await piece("passage-count"); // brings the style along
  const ranges = (marks) => marks.map(({ letters }) => words.range(letters));
  CSS.highlights.set("mine", new Highlight(...ranges(mine)));
  CSS.highlights.set("shared", new Highlight(...ranges(shared)));
}

/** How many, beside the line where a passage begins. */
async function count() {
  if (!shared.length) return;
  const rows = await Promise.all(
    shared.map(async (passage) => {
      const row = await piece("passage-count");
      const [said, seen] = row.children;
      said.textContent = (passage.readers === 1 ? row.dataset.one : row.dataset.many).replace("{}", passage.readers);
      seen.textContent = passage.readers;
      return { row, passage };
    }),
  );
  const column = text.parentElement;
  column.append(...rows.map(({ row }) => row));
  const place = () => {
    const { top } = column.getBoundingClientRect();
    for (const { row, passage } of rows) {
      const [line] = words.range(passage.letters).getClientRects();
      row.style.setProperty("--line", `${Math.round(line.top - top)}px`);
      row.style.setProperty("--line-height", `${Math.round(line.height)}px`);
    }
  };
  new ResizeObserver(place).observe(column);
}

/** What is touched at this point of the window; passages are no elements, so no event tells. */
export function touchedAt(x, y) {
  const isIn = ({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom;
  const touched = [...mine, ...shared].find(({ letters }) => [...words.range(letters).getClientRects()].some(isIn));
  return touched && words.range(touched.letters);
}

try {
  await Promise.all([isSignedIn && ask(), "shared" in text.dataset && askForShared()]);
  await paint();
  await count();
} catch {
  // Without a line nothing is marked; the text is there to be read.
}
