// Saves the whole form while somebody writes. One save is under way at a time; a button that is
// pressed waits for it, and goes on top of it.

import { renew, send, SignedOut, SomebodyElse } from "./ask.js";
import { hasText } from "./fields.js";
import "./page-key.js";

const REST_MS = 2_000;
const LATEST_MS = 15_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const LEAVES_WITHIN_MS = 5_000;
const MAX_ROUNDS = 3; // of saving what is typed while a button waits
const KEEPALIVE_BYTES = 60_000; // a browser sends no more than 64 KB for a page that is gone
const WAITING = "[data-role=conflict] h2, [data-role=signed-out]:not([hidden]) a:not([hidden])";
const TYPED = "textarea, input[type=text]";
const NEEDS_A_PERSON = { conflict: "conflict", signedOut: "signed out", refused: "refused" };

const form = document.getElementById("post_form");
const { elements, dataset: words } = form;
const names = [...document.querySelectorAll("input[list$=_known], input[list$=_titles]")];
const settled = new Map();

let typed = 0; // how often something was typed …
let saved = 0; // … and how much of that the server has
let failures = 0;
let waitsFor = "";
let isHalfTyped = false;
let isLeaving = false;
let running = null;
let restTimer = 0;
let latestTimer = 0;
let pauseTimer = 0;

function tell(name, detail = {}) {
  form.dispatchEvent(new CustomEvent(`desk:${name}`, { detail }));
}

function isDirty() {
  return typed !== saved;
}

function url(name) {
  return new URL(`../${name}/`, new URL(form.action, location.href)).href;
}

function isNew() {
  return elements.base_version.value === "0";
}

// When.

function change() {
  typed += 1;
  form.dataset.unsaved = "true";
  tell("typed");
  schedule();
}

function schedule() {
  if (failures || waitsFor === NEEDS_A_PERSON.conflict || waitsFor === NEEDS_A_PERSON.signedOut) return;
  clearTimeout(restTimer);
  restTimer = setTimeout(save, REST_MS);
  latestTimer ||= setTimeout(save, LATEST_MS);
}

function save() {
  for (const timer of [restTimer, latestTimer, pauseTimer]) clearTimeout(timer);
  latestTimer = 0;
  running ??= attempt().finally(() => {
    running = null;
    if (isDirty() && !waitsFor) schedule();
  });
  return running;
}

// One save.

async function attempt() {
  if (!isDirty()) failures = 0;
  if (!isDirty() || isLeaving || waitsFor === NEEDS_A_PERSON.conflict) return;
  if (isNew() && !hasText(form)) return;
  const count = typed;
  const body = written();
  try {
    const answer = await send(form, isNew() ? form.dataset.beginningPath : url("autosave"), body);
    await hear(answer, count);
  } catch (error) {
    fail(error);
  }
}

// A name that is being typed is no name yet: until its field is left, the last one stands.
function written() {
  const body = new FormData(form);
  isHalfTyped = false;
  for (const [field, value] of settled) {
    if (field.value === value) continue;
    body.set(field.name, value);
    isHalfTyped = true;
  }
  return body;
}

async function hear(answer, count) {
  if (answer.status === 409) {
    const { html } = await answer.json();
    waitsFor = NEEDS_A_PERSON.conflict;
    tell("conflict", { html });
  } else if (answer.ok) {
    succeed(answer, count, answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {});
  } else if (answer.status >= 500 || answer.status === 429) {
    throw new TypeError(answer.statusText);
  } else {
    const { error } = await answer.json();
    waitsFor = NEEDS_A_PERSON.refused;
    tell("not-saved", { sentence: error });
  }
}

function succeed(answer, count, { unkept = [], said = "" }) {
  elements.base_version.value = answer.headers.get("Longhand-Version");
  elements.settled_version.value = "";
  saved = count;
  failures = 0;
  waitsFor = "";
  const place = answer.headers.get("Location");
  if (place) moveTo(place);
  const isWhole = !isDirty() && !isHalfTyped && unkept.length === 0;
  form.dataset.unsaved = String(!isWhole);
  tell("saved", { unkept, isWhole });
  if (said) tell("trouble", said);
}

// The story has an address now: what is done from here on is done there.
function moveTo(place) {
  form.action = place;
  history.replaceState(history.state, "", place);
  tell("begun");
}

function fail(error) {
  if (error instanceof SignedOut || error instanceof SomebodyElse) {
    waitsFor = NEEDS_A_PERSON.signedOut;
    tell("signed-out", { other: error.message });
    tell("not-saved", { sentence: words.textSignedOut });
    return;
  }
  failures += 1;
  pauseTimer = setTimeout(save, Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
  tell("not-saved", { sentence: words.textTryingAgain });
}

// Saves now, and says whether a button may be pressed on top of it.
async function flush() {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await running;
    if (!isDirty()) break;
    if (waitsFor === NEEDS_A_PERSON.refused) waitsFor = "";
    await save();
    // What the server would not keep by itself it explains on the page that the press leads to.
    if (failures || waitsFor) return waitsFor === NEEDS_A_PERSON.refused;
  }
  await renew(form);
  return true;
}

// Buttons.

let isPressed = false;
let isThrough = false;

form.addEventListener("submit", (event) => {
  if (isThrough) return;
  event.preventDefault();
  press(event.submitter);
});

async function press(button) {
  // A second press while the first is under way would be a second save.
  if (isPressed || isLeaving) return;
  isPressed = true;
  try {
    if (navigator.onLine && (await flush())) leave(button);
    else if (waitsFor) document.querySelector(WAITING)?.focus();
    else tell("trouble", words.textOffline);
  } catch (error) {
    if (error instanceof SignedOut || error instanceof SomebodyElse) fail(error);
    else tell("trouble", words.textOffline);
  } finally {
    isPressed = false;
  }
}

function leave(button) {
  isLeaving = true;
  isThrough = true;
  form.requestSubmit(button ?? undefined);
  isThrough = false;
  // Stopped, or never answered: the next press counts again.
  setTimeout(stay, LEAVES_WITHIN_MS);
}

function stay() {
  isLeaving = false;
  if (isDirty()) schedule();
}

addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  // Without leaving the sentence: only a button brings a text before readers.
  typed += isDirty() ? 0 : 1;
  saveNow();
});

async function saveNow() {
  await running;
  await save();
  if (failures) tell("trouble", words.textOffline);
}

// What happens around.

addEventListener("input", ({ target }) => {
  if (target.form === form && target.type !== "file") change();
});

for (const field of names) {
  field.addEventListener("focus", () => settled.set(field, field.value));
  field.addEventListener("blur", () => {
    const isChanged = settled.get(field) !== field.value;
    settled.delete(field);
    if (isChanged) change();
  });
}

form.addEventListener("desk:settled", () => {
  waitsFor = "";
  typed += 1;
  save();
});

form.addEventListener("desk:signed-in", () => {
  if (waitsFor === NEEDS_A_PERSON.signedOut) waitsFor = "";
  save();
});

addEventListener("online", () => save());

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && !waitsFor) save();
});

// The last words of a page that is being closed; its browser has them, too.
addEventListener("pagehide", () => {
  if (!isDirty() || isLeaving || waitsFor || isNew()) return;
  const body = written();
  const size = [...body.values()].reduce((sum, value) => sum + new Blob([value]).size, 0);
  if (size < KEEPALIVE_BYTES) send(form, url("autosave"), body, { keepalive: true }).catch(() => {});
});

addEventListener("pageshow", stay);

addEventListener("beforeunload", (event) => {
  if (form.dataset.unsaved === "true" && !isLeaving) event.preventDefault();
});

// What somebody has typed before this had come, and the name that is half typed.
const { activeElement: here } = document;
if (names.includes(here)) settled.set(here, here.defaultValue);
const isTyped = [...elements].some((one) => one.matches(TYPED) && one.value !== one.defaultValue);

if (form.dataset.unsaved === "true") {
  typed = 1;
  if (document.querySelector("[data-role=conflict]")) waitsFor = NEEDS_A_PERSON.conflict;
  else schedule();
} else if (isTyped) {
  change();
}
