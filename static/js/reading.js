// Loads what a reader uses at its first use.

const { dataset } = document.documentElement;
const text = document.querySelector("[data-story]");
const use = (what, more) => dataset.off.includes(what) || import("./first-use.js").then((first) => first[what](more));

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
