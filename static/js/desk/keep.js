// Keeps what is typed in this browser until the server has it, and offers it after a crash.

const KEEP_DELAY_MS = 400;
const FIELDS = ["title", "subtitle", "source"];
const PREFIX = "desk-kept:";

const form = document.getElementById("post_form");
const notice = document.querySelector("[data-role=kept]");
const here = PREFIX + location.pathname;
const fresh = `${PREFIX}${form.dataset.addPath}`;

// As the server would have it: lines end in one way, titles hold no double spaces.
function plain(name, text) {
  const lines = text.replaceAll("\r\n", "\n");
  return name === "source" ? lines : lines.split(/\s+/).join(" ").trim();
}

function typed() {
  return Object.fromEntries(FIELDS.map((name) => [name, plain(name, form.elements[name].value)]));
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept then.
  }
}

function keep() {
  try {
    localStorage.setItem(here, JSON.stringify(typed()));
  } catch {
    // Storage is full or switched off: the page itself still has the text.
  }
}

function isWhatStands(kept) {
  const now = typed();
  return FIELDS.every((name) => kept?.[name] === now[name]);
}

// A new story is kept under the address of new stories until it has one of its own.
for (const key of [here, fresh]) if (isWhatStands(read(key))) forget(key);

const kept = read(here);
if (kept && form.dataset.unsaved === "false") notice.hidden = false;

notice.addEventListener("click", ({ target }) => {
  const choice = target.dataset.kept;
  if (!choice) return;
  notice.hidden = true;
  if (choice === "drop") {
    forget(here);
    return;
  }
  for (const name of FIELDS) {
    form.elements[name].value = kept[name];
    form.elements[name].dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
});

let timer = 0;

form.addEventListener("input", ({ target }) => {
  if (!FIELDS.includes(target.name)) return;
  notice.hidden = true;
  clearTimeout(timer);
  timer = setTimeout(keep, KEEP_DELAY_MS);
});
