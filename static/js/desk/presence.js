// Says that this page is open, and shows who else has the story open.

import { send } from "./ask.js";

const EVERY_MS = 20_000;

const form = document.getElementById("post_form");
const place = document.querySelector("[data-role=presence]");
const template = document.querySelector("template[data-role=present]");
const dismissed = new Set();

function url() {
  return new URL("../presence/", new URL(form.action, location.href)).href;
}

function body(fields = {}) {
  const { csrfmiddlewaretoken, writer, page_key: key } = form.elements;
  const data = new FormData();
  for (const field of [csrfmiddlewaretoken, writer, key]) data.set(field.name, field.value);
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

function isNew() {
  return form.elements.base_version.value === "0";
}

async function say() {
  if (isNew()) return;
  try {
    const answer = await send(form, url(), body());
    if (answer.ok) show((await answer.json()).others);
  } catch {
    // Nobody is told by this that a save would fail; the next one says so.
  }
}

// Who leaves and comes again is said again; what was put away is not, while they stay.
function show(others) {
  const here = new Set(others.map(({ person }) => String(person)));
  for (const person of dismissed) if (!here.has(person)) dismissed.delete(person);
  for (const row of place.children) if (!here.has(row.dataset.person)) row.remove();
  for (const { person, sentence } of others) {
    const key = String(person);
    if (dismissed.has(key)) continue;
    const shown = [...place.children].find((row) => row.dataset.person === key) ?? add(key);
    const text = shown.querySelector("p");
    if (text.textContent !== sentence) text.textContent = sentence;
  }
}

function add(person) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.dataset.person = person;
  row.querySelector("button").addEventListener("click", () => {
    dismissed.add(person);
    row.remove();
    form.elements.source.focus({ preventScroll: true });
  });
  place.append(row);
  return row;
}

addEventListener("pagehide", () => {
  if (!isNew()) navigator.sendBeacon(url(), body({ gone: "1" }));
});

addEventListener("pageshow", say);

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") say();
});

form.addEventListener("desk:begun", say);

setInterval(say, EVERY_MS);
