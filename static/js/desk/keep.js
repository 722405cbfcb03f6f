// Keeps the whole form in this browser until the server has it, and offers what was never saved
// when the story is opened again. Each page keeps a copy of its own, and says that it is open by
// holding a lock, so that one tab never takes the words of another.

import { isSame, putBack, textOf, typed } from "./fields.js";
import { send } from "./ask.js";
import { pageKey } from "./page-key.js";

const KEEP_WITHIN_MS = 400;
const LOCK = "desk-page:";
const WHEN = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

const form = document.getElementById("post_form");
const notice = document.querySelector("[data-role=kept]");
const when = notice.querySelector("[data-kept=when]");
const difference = notice.querySelector("[data-kept=difference]");
const own = {};
const awaited = new Set();
let timer = 0;
let offered = null;

function prefix() {
  return `desk-kept:${form.elements.writer.value}:${new URL(form.action, location.href).pathname}:`;
}

function keep() {
  clearTimeout(timer);
  timer = 0;
  const version = form.elements.base_version.value;
  const key = prefix() + pageKey;
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), version, fields: typed(form) }));
    // A new story has got its address meanwhile.
    if (own.key && own.key !== key) localStorage.removeItem(own.key);
    own.key = key;
  } catch {
    // Storage is full or switched off: the page itself still has the text.
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept then.
  }
}

function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    return Array.isArray(copy?.fields) ? { ...copy, key, page: key.slice(key.lastIndexOf(":") + 1) } : null;
  } catch {
    return null;
  }
}

// The pages that are open now; without locks, all others are taken to be closed.
async function open() {
  if (!navigator.locks) return new Set();
  const { held } = await navigator.locks.query();
  return new Set(held.map((lock) => lock.name));
}

// A tab lets go of its lock a moment after it was closed, or an hour from now: then its words are
// offered here.
async function wait(page) {
  if (awaited.has(page)) return;
  awaited.add(page);
  await navigator.locks.request(LOCK + page, () => {});
  if (!offered) await offer();
}

async function left() {
  const isOpen = await open();
  const here = prefix();
  let keys = [];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(here));
  } catch {
    // Storage is switched off.
  }
  const copies = keys.map(read).filter((copy) => copy && copy.page !== pageKey);
  const [held, loose] = [[], []];
  for (const copy of copies) (isOpen.has(LOCK + copy.page) ? held : loose).push(copy);
  for (const { page } of held) wait(page);
  return loose.sort((one, other) => other.at - one.at);
}

async function offer() {
  const stands = typed(form);
  const copies = await left();
  for (const { key } of copies.filter(({ fields }) => isSame(fields, stands))) forget(key);
  offered = copies.find(({ fields }) => !isSame(fields, stands)) ?? null;
  notice.hidden = offered === null;
  if (!offered) return;
  const { lang } = document.documentElement;
  when.textContent = when.dataset.text.replace("{}", new Date(offered.at).toLocaleString(lang, WHEN));
  await compare(textOf(stands), textOf(offered.fields));
}

async function compare(stands, kept) {
  difference.replaceChildren();
  const body = new FormData();
  for (const [name, text] of Object.entries(stands)) body.set(`stands-${name}`, text);
  for (const [name, text] of Object.entries(kept)) body.set(`kept-${name}`, text);
  try {
    const answer = await send(form, form.dataset.comparisonPath, body);
    if (!answer.ok) return;
    const box = document.createElement("template");
    box.innerHTML = (await answer.json()).html; // a template of ours, filled on the server
    difference.append(box.content);
  } catch {
    // Without the server there is no comparison; the words can be put back all the same.
  }
}

function use(copy) {
  // The page that began this story may have begun it on the server, too: it is that one's.
  if (form.elements.base_version.value === "0") form.elements.page_key.value = copy.page;
  form.elements.settled_version.value = form.elements.base_version.value;
  putBack(form, copy.fields);
  keep();
}

notice.addEventListener("click", async ({ target }) => {
  const choice = target.dataset.kept;
  if (!["use", "drop"].includes(choice) || !offered) return;
  const copy = offered;
  offered = null;
  if (choice === "use") use(copy);
  forget(copy.key);
  notice.hidden = true;
  form.elements.source.focus({ preventScroll: true });
  if (choice === "drop") await offer();
});

form.addEventListener("desk:typed", () => {
  timer ||= setTimeout(keep, KEEP_WITHIN_MS);
});

form.addEventListener("desk:saved", ({ detail }) => {
  if (!detail.isWhole) return;
  clearTimeout(timer);
  timer = 0;
  if (own.key) forget(own.key);
  own.key = "";
});

form.addEventListener("desk:given-up", () => {
  clearTimeout(timer);
  timer = 0;
  if (own.key) forget(own.key);
});

addEventListener("pagehide", () => {
  if (timer) keep();
});

document.addEventListener("visibilitychange", () => {
  if (timer) keep();
});

navigator.locks?.request(LOCK + pageKey, () => new Promise(() => {}));
// A page that shows what could not be saved has it in no other place.
if (form.dataset.unsaved === "true") keep();
offer();
