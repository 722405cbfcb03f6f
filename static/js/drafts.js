// What somebody types as a response is kept in this browser until the server says that it has it,
// and put back when they come again. Words typed by one person are never shown to another: those of
// an account are kept under it, and what was typed signed out stays in its tab, which it ends with.

const KEY = "response-drafts"; // composing.js looks for it
const CONFIRMED = /(?:^|;\s*)responded=(\d+)\.([\w-]+)/;
const KEEP_AFTER_MS = 400;
const MAX_KEPT = 20;
const MAX_CHARS = 20_000;
const KEPT_FOR_MS = 30 * 24 * 60 * 60 * 1000;

const pieces = document.getElementById("composer-pieces");
const { writer, post: story } = pieces.dataset;
const waiting = new Map();

/** Keep what stands in the field, once its writer pauses. */
export function keepLater(form, field) {
  if (!waiting.size) setTimeout(keepAll, KEEP_AFTER_MS);
  waiting.set(form, field);
}

function keepAll() {
  for (const [form, field] of waiting) keep(form, field);
  waiting.clear();
}

function keep(form, field) {
  const about = aboutOf(form);
  const isTyped = field.value.trim() && !isStored(form, field);
  for (const store of stores()) {
    const others = read(store).filter((one) => !(isOurs(one) && one.about === about));
    const isHome = store === home();
    if (isTyped && isHome) {
      others.unshift({ writer, story, about, text: field.value.slice(0, MAX_CHARS), at: Date.now() });
    }
    write(store, others);
  }
}

/** What a text is: one of its own, an answer to a response, or another wording of one. */
function aboutOf(form) {
  return form.dataset.about ?? form.elements.parent?.value ?? "0";
}

/** Whether the field says what the server has already. */
function isStored(form, field) {
  return "stands" in form.dataset && field.value === field.defaultValue;
}

function isOurs(draft) {
  return draft.story === story && (draft.writer === writer || draft.writer === "");
}

function home() {
  return writer ? localStorage : sessionStorage;
}

function stores() {
  try {
    return [localStorage, sessionStorage];
  } catch {
    return []; // Storage is switched off: the page itself still has the text.
  }
}

function read(store) {
  try {
    const kept = JSON.parse(store.getItem(KEY)) ?? [];
    return kept.filter(({ at, text }) => typeof text === "string" && at > Date.now() - KEPT_FOR_MS);
  } catch {
    return [];
  }
}

function write(store, drafts) {
  try {
    if (drafts.length) store.setItem(KEY, JSON.stringify(drafts.slice(0, MAX_KEPT)));
    else store.removeItem(KEY);
  } catch {
    // Storage is full.
  }
}

/** The server has it: it says so with a cookie, whichever page comes next. */
function forgetConfirmed() {
  const [, at, about] = document.cookie.match(CONFIRMED) ?? [];
  if (!at) return;
  document.cookie = "responded=; path=/; max-age=0";
  const isIt = (one) => one.story === at && `${one.about}-`.startsWith(`${about}-`);
  for (const store of stores()) write(store, read(store).filter((one) => !(isIt(one) && belongs(one))));
}

function belongs({ writer: whose }) {
  return whose === writer || whose === "";
}

function putBack() {
  const forms = [...document.querySelectorAll("response-composer > form")];
  for (const draft of stores().flatMap(read)) {
    const form = isOurs(draft) && forms.find((one) => aboutOf(one) === draft.about);
    if (form) fill(form, draft.text);
  }
}

function fill(form, text) {
  const field = form.querySelector("textarea");
  const stands = isStored(form, field) ? "" : field.value;
  // A page that comes from the server with a text has the newest one.
  if (stands.startsWith(text) || (stands && stands === field.defaultValue)) return;
  field.value = stands ? `${text.trimEnd()}\n\n${stands}` : text;
  form.closest("details")?.setAttribute("open", "");
  const note = document.importNode(pieces.content.querySelector(".composer__back"), true);
  field.closest(".field").after(note);
}

for (const store of stores()) write(store, read(store)); // what is too old goes
forgetConfirmed();
putBack();
addEventListener("pagehide", keepAll);
document.addEventListener("visibilitychange", keepAll);
