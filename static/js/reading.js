// Loads what a reader uses at its first use.

const { dataset } = document.documentElement;
const text = document.querySelector("[data-story]");
const use = (what, more) => dataset.off.includes(what) || import("./first-use.js").then((first) => first[what](more));

// The page has the publication's dates, the same for everybody; pointed at, they are the reader's.
addEventListener("pointerover", ({ target }) => {
  const time = target.closest("time:not([title])");
  const said = { dateStyle: "long", timeStyle: "short" };
  if (time) time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang, said);
});

addEventListener("keydown", (event) => {
  if (!/^[jkc/?]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(":read-write,select,dialog") || dataset.off.includes("keys")) return;
  event.preventDefault();
  use("keys", event.key);
});

if (text) {
  const place = () => use("place");
  document.addEventListener("selectionchange", () => {
    if (!getSelection().isCollapsed && text.contains(getSelection().anchorNode)) use("passages");
  });
  if ("places" in dataset) place();
  addEventListener("scroll", place, { once: true });
  if ("reader" in dataset || "shared" in text.dataset) addEventListener("load", () => use("marks"));
  if (location.hash === "#respond") use("quote");
}
