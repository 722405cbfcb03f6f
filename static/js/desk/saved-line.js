// "Saved 12 s ago", counting on quietly. Only a change between saved and not saved is announced.

const TICK_MS = 4_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const form = document.getElementById("post_form");
const line = document.querySelector("[data-status=saved]");
const unkept = document.querySelector("[data-status=unkept]");
// On a story that readers have: what is saved here is not before them yet.
const workingCopy = document.querySelector("[data-role=working-copy]");
const place = document.querySelector(".writing__name");
const announcer = document.querySelector("[data-status=announced]");
const words = line.dataset;
let savedAt = Date.parse(words.at ?? "");
let announced = "";

function ago() {
  const since = Date.now() - savedAt;
  if (since < 2 * SECOND_MS) return words.textNow;
  if (since < MINUTE_MS) return words.textSeconds.replace("{}", Math.floor(since / SECOND_MS));
  if (since < HOUR_MS) return words.textMinutes.replace("{}", Math.floor(since / MINUTE_MS));
  if (since < DAY_MS) return words.textHours.replace("{}", Math.floor(since / HOUR_MS));
  return null;
}

function count() {
  if (line.dataset.state === "failing" || Number.isNaN(savedAt)) return;
  const text = ago();
  if (text && line.textContent !== text) line.textContent = text;
}

function announce(sentence) {
  if (announced === sentence) return;
  announced = sentence;
  announcer.textContent = sentence;
}

form.addEventListener("desk:saved", ({ detail }) => {
  savedAt = Date.now();
  if (workingCopy) workingCopy.hidden = false;
  delete line.dataset.state;
  count();
  place.textContent = form.elements.title.value || place.dataset.untitled;
  const sentences = detail.unkept.map(({ name, sentence }) => (name ? `${name}: ${sentence}` : sentence));
  const text = sentences.length ? `${unkept.dataset.text} ${sentences.join(" ")}` : "";
  if (unkept.textContent !== text) unkept.textContent = text;
  announce(words.textAnnounced);
});

form.addEventListener("desk:not-saved", ({ detail }) => {
  line.dataset.state = "failing";
  line.textContent = detail.sentence;
  announce(detail.sentence);
});

form.addEventListener("desk:conflict", () => {
  line.dataset.state = "failing";
  line.textContent = words.textUnsaved;
});

if (form.dataset.unsaved === "true") line.dataset.state = "failing";
setInterval(count, TICK_MS);
count();
