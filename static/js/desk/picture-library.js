// The dialog with one's earlier pictures: search, arrows, older ones. Opened from the text and for
// the lead picture; whoever opens it gets what the server says of the chosen one, or nothing.

const SEARCH_DELAY_MS = 200;

const dialog = document.getElementById("library");
const search = dialog.querySelector("input[type=search]");
const rows = dialog.querySelector("[data-role=rows]");
const said = dialog.querySelector("[role=status]");
const older = dialog.querySelector("[data-role=older]");
const { dataset: words } = dialog;

let asking = new AbortController();
let timer = 0;
let answer;
let settle = () => {};

export function openLibrary() {
  settle(answer); // whoever opened it before: its closing may not have been told yet
  answer = undefined;
  search.value = "";
  said.textContent = "";
  rows.replaceChildren();
  dialog.showModal();
  search.focus();
  look();
  return new Promise((resolve) => {
    settle = resolve;
  });
}

dialog.addEventListener("close", () => {
  if (dialog.open) return; // again, since
  asking.abort();
  settle(answer);
});

async function ask(url) {
  asking.abort();
  asking = new AbortController();
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal: asking.signal });
  const told = await response.json();
  if (!response.ok) throw new Error(told.error);
  return told;
}

function fail(error) {
  if (error.name === "AbortError") return;
  const isOffline = error instanceof TypeError || error instanceof SyntaxError;
  said.dataset.state = "wrong";
  said.textContent = isOffline ? words.textOffline : error.message;
}

async function look(url = `${words.url}?${new URLSearchParams({ q: search.value })}`, isMore = false) {
  try {
    show(await ask(url), isMore);
  } catch (error) {
    fail(error);
  }
}

function show(told, isMore) {
  const box = document.createElement("template");
  box.innerHTML = told.rows; // a template of ours, filled on the server
  const [first] = box.content.querySelectorAll("button");
  const here = rows.contains(document.activeElement) ? document.activeElement.dataset.picture : "";
  if (!isMore) rows.replaceChildren();
  rows.append(box.content);
  older.hidden = !told.older_url;
  older.dataset.url = told.older_url;
  const { length } = tiles();
  delete said.dataset.state;
  said.textContent = sentence(length, Boolean(told.older_url));
  choose(isMore ? first : tiles()[0]);
  if (isMore) first?.focus();
  // Whoever went on to the pictures while an answer was under way stays there.
  else if (here) (tiles().find((tile) => tile.dataset.picture === here) ?? search).focus();
}

function sentence(count, hasOlder) {
  if (count === 0) return search.value.trim() ? words.textNone : words.textEmpty;
  if (hasOlder) return words.textNewest.replace("{}", count);
  return count === 1 ? words.textOne : words.textCount.replace("{}", count);
}

function tiles() {
  return [...rows.querySelectorAll("button")];
}

// One stop of the Tab key, arrows within.
function choose(tile) {
  for (const one of tiles()) one.tabIndex = one === tile ? 0 : -1;
}

async function take(tile) {
  clearTimeout(timer); // a search that was about to begin would call this off
  try {
    answer = await ask(`${words.url}${tile.dataset.picture}/`);
    dialog.close();
  } catch (error) {
    fail(error);
  }
}

function move(event) {
  const all = tiles();
  const now = all.indexOf(document.activeElement);
  if (now < 0) return;
  const columns = Math.max(1, all.filter((one) => one.offsetTop === all[0].offsetTop).length);
  const forth = getComputedStyle(rows).direction === "rtl" ? -1 : 1;
  const places = {
    ArrowRight: now + forth,
    ArrowLeft: now - forth,
    ArrowDown: now + columns,
    ArrowUp: now - columns,
    Home: 0,
    End: all.length - 1,
  };
  if (!(event.key in places)) return;
  event.preventDefault();
  if (places[event.key] < 0 && event.key === "ArrowUp") search.focus();
  else all[Math.min(Math.max(places[event.key], 0), all.length - 1)].focus();
}

search.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, SEARCH_DELAY_MS);
});

search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && tiles().length > 0) {
    event.preventDefault();
    rows.querySelector("[tabindex='0']").focus();
  } else if (event.key === "Enter") {
    event.preventDefault();
    clearTimeout(timer);
    look();
  }
});

rows.addEventListener("keydown", move);
rows.addEventListener("focusin", ({ target }) => choose(target));
rows.addEventListener("click", ({ target }) => {
  const tile = target.closest("button");
  if (tile) take(tile);
});
older.addEventListener("click", () => look(older.dataset.url, true));
dialog.querySelector("[data-role=close]").addEventListener("click", () => dialog.close());
// A press beside the dialog closes it, as Escape does.
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close();
});
