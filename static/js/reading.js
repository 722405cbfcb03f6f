// What a reader uses is loaded when they first use it; this only listens.

const root = document.documentElement;
const text = document.querySelector("[data-story]");

const stored = (key) => {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
};
const may = (name) => !(root.dataset.off + stored("reading-off")).includes(name);

addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!/^[jkc/?]$/.test(key) || event.ctrlKey || event.metaKey || event.altKey || !may("keys")) return;
  if (target.closest?.("input,textarea,select,dialog,[contenteditable]")) return;
  event.preventDefault();
  import("./keys.js").then(({ press }) => press(key));
});

if (text) {
  document.addEventListener("selectionchange", function hear() {
    const selection = getSelection();
    if (selection.isCollapsed || !text.contains(selection.anchorNode) || !may("passages")) return;
    document.removeEventListener("selectionchange", hear);
    import("./passages.js");
  });
  const place = () => may("place") && import("./reading-place.js");
  if (stored("places").includes(`"${text.dataset.story}"`)) place();
  else addEventListener("scroll", place, { once: true });
  if ("reader" in root.dataset || "shared" in text.dataset) addEventListener("load", () => import("./highlights.js"));
  if (location.hash === "#respond") import("./respond.js");
}
