// Where somebody was in a story: the block and how far into it, kept in this browser and sent nowhere.

import { piece } from "./reading-pieces.js";

const KEY = "places";
const MAX_STORIES = 50;
const KEPT_DAYS = 90;
const DAY_MS = 24 * 3600 * 1000;
const SETTLE_MS = 400;
const EYES = 0.3; // how far down the window somebody reads
const BEGUN = 0.03;
const AWAY_WINDOWS = 2; // so far from the beginning the reader has chosen another place

const text = document.querySelector("[data-story]");
const path = text.dataset.story;
const blocks = [...text.querySelectorAll(":scope > :not(.footnotes, .note)")]; // notes stand in the margin, or come and go
let offered; // the line, while it waits for an answer
let timer = 0;

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    const since = Date.now() - KEPT_DAYS * DAY_MS;
    return Array.isArray(found) ? found.filter(({ at }) => at > since) : [];
  } catch {
    return [];
  }
}

function write(places) {
  try {
    if (places.length) localStorage.setItem(KEY, JSON.stringify(places.slice(0, MAX_STORIES)));
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is full or switched off: then nothing is remembered.
  }
}

function isOff() {
  return document.documentElement.dataset.off.includes("place");
}

/** The block before the reader's eyes, and how much of it is above them. */
function placeNow() {
  const eyes = innerHeight * EYES;
  const block = Math.max(0, blocks.findLastIndex((one) => one.getBoundingClientRect().top <= eyes));
  const { top, height } = blocks[block].getBoundingClientRect();
  const whole = text.getBoundingClientRect();
  return {
    block,
    within: Math.min(1, Math.max(0, (eyes - top) / (height || 1))),
    done: Math.min(1, Math.max(0, (eyes - whole.top) / (whole.height || 1))),
    isEnd: whole.bottom <= innerHeight,
  };
}

function remember() {
  if (offered || isOff() || !blocks.length) return;
  const { isEnd, ...place } = placeNow();
  const others = read().filter((one) => one.path !== path);
  if (isEnd) return write(others);
  if (place.done < BEGUN) return undefined; // who looks at the title again has not lost their place
  const title = document.querySelector("h1");
  const { lang, dir } = { lang: title.lang, dir: title.closest("[dir]").dir };
  write([{ path, title: title.textContent.trim(), lang, dir, ...place, at: Date.now() }, ...others]);
  return undefined;
}

function go({ block, within }) {
  const target = blocks[Math.min(block, blocks.length - 1)];
  const { top, height } = target.getBoundingClientRect();
  scrollTo({ top: scrollY + top + height * within - innerHeight * EYES, behavior: "instant" });
  // Whoever reads by keyboard or ear goes on from there.
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.addEventListener("blur", () => target.removeAttribute("tabindex"), { once: true });
}

async function offer(place) {
  offered = await piece("continue-line");
  const done = offered.querySelector("[data-done]");
  done.textContent = done.dataset.done.replace("{}", Math.round(place.done * 100));
  offered.querySelector(".continue__go").addEventListener("click", () => {
    answer();
    go(place);
  });
  offered.querySelector(".continue__close").addEventListener("click", answer);
  document.querySelector("main").before(offered);
}

function answer() {
  offered?.remove();
  offered = undefined;
}

addEventListener("scroll", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (offered && scrollY > AWAY_WINDOWS * innerHeight) answer();
    remember();
  }, SETTLE_MS);
});
addEventListener("keydown", (event) => event.key === "Escape" && !event.target.closest("dialog[open]") && answer());
addEventListener("pagehide", remember);

const known = read().find((one) => one.path === path);
const isThere = known && Math.abs(placeNow().done - known.done) < BEGUN;
if (known && !isThere && !location.hash) await offer(known).catch(() => answer());
else timer = setTimeout(remember, SETTLE_MS); // the first scroll was over before this was here
