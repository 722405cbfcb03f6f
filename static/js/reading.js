// Loads what a reader uses at its first use. `data-off` names what is switched off.

const { dataset } = document.documentElement;
const text = document.querySelector("[data-story]");
const isOff = (what) => dataset.off.includes(what);

// The page has the publication's dates, the same for everybody; pointed at, they are the reader's.
addEventListener("pointerover", ({ target }) => {
  const time = target.closest("time:not([title])");
  const said = { dateStyle: "long", timeStyle: "short" };
  if (time) time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang, said);
});

addEventListener("keydown", async (event) => {
  if (!/^[jkc/?]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(":read-write,select,dialog") || isOff("keys")) return;
  event.preventDefault();
  (await import("./keys.js")).press(event.key);
});

if (text) {
  const place = () => isOff("place") || import("./reading-place.js");
  document.addEventListener("selectionchange", () => {
    if (getSelection().isCollapsed || !text.contains(getSelection().anchorNode)) return;
    if (!isOff("passages")) import("./passages.js");
  });
  if ("places" in dataset) place();
  addEventListener("scroll", place, { once: true });
  if ("reader" in dataset || "shared" in text.dataset) addEventListener("load", () => import("./highlights.js"));
  if (location.hash === "#respond") import("./respond.js");
}
