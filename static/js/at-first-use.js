// What of a story's page is loaded when somebody first uses it, or where there is room for it.

const MARGIN = matchMedia("(width >= 75rem)");
const BESIDE = matchMedia("(width >= 90rem)");
const HAS_SHEET = navigator.share && matchMedia("(pointer: coarse)").matches;

const story = document.querySelector(".story");
const marks = story.querySelectorAll("[data-notes] .footnote-ref > a");

const USES = [
  [".figure__frame:has(> button)", enlarge],
  ["[data-listen] > button", listen],
  [".share button", copyLink],
  [".share summary", openShare],
  [".footnote-ref > [role=button]", openNote],
];

async function enlarge(frame) {
  (await import("./lightbox.js")).show(story, frame);
}

async function listen(button) {
  (await import("./listen.js")).listen(button.parentElement);
}

async function copyLink(button) {
  (await import("./share.js")).copy(button.closest(".share"));
}

async function openShare(summary, event) {
  if (!HAS_SHEET) return import("./menu.js"); // closes what was left open
  event.preventDefault();
  (await import("./share.js")).share(summary.parentElement);
}

async function openNote(mark, event) {
  event.preventDefault();
  (await import("./opened-notes.js")).toggle(mark);
}

story.addEventListener("click", (event) => {
  for (const [what, use] of USES) {
    const used = event.target.closest(what);
    if (used) return use(used, event);
  }
});

// Menus of responses are closed from outside as well, once there was one.
document.getElementById("responses")?.addEventListener("click", () => import("./menu.js"), { once: true });

// Pictures open large. A picture that is a link stays one.
for (const frame of story.querySelectorAll(".figure__frame:not(:has(a))")) {
  const { alt } = frame.querySelector("img");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "figure__enlarge";
  button.ariaLabel = alt ? `${story.dataset.enlarge}: ${alt}` : story.dataset.enlarge;
  frame.append(button);
}

// A mark is a button where it opens its note, and a link where that stands in the margin.
function dress() {
  for (const mark of marks) {
    mark.role = MARGIN.matches ? null : "button";
    mark.ariaExpanded = MARGIN.matches ? null : "false";
  }
  if (MARGIN.matches) import("./margin-notes.js");
}

if (marks.length) {
  MARGIN.addEventListener("change", dress);
  dress();
}

// The list of contents says where the reader is, where it stands beside the text.
function follow() {
  if (BESIDE.matches) import("./contents.js");
}

if (story.querySelector(".contents")) {
  BESIDE.addEventListener("change", follow);
  follow();
}

// Read aloud, where there is a voice for the story's language.
const ears = story.querySelector("[data-listen]");
const speech = window.speechSynthesis;

function offer() {
  const [language] = ears.lang.split("-");
  ears.hidden = !speech.getVoices().some(({ lang }) => lang.split(/[-_]/)[0] === language);
}

if (ears && speech) {
  speech.addEventListener?.("voiceschanged", offer); // they come late
  offer();
}

// A response that an address names may stand on a page of its own by now.
const page = /^#response-(\d+)$/.exec(location.hash)?.[1];
if (page && !document.getElementById(location.hash.slice(1))) lead(`responses/${page}/`);

async function lead(address) {
  const { ok } = await fetch(address, { method: "HEAD" });
  if (ok) location.replace(address + location.hash);
}
