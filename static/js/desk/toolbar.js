// The row of buttons above the text: one stop of the Tab key, arrows within it.

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export function makeToolbar(bar) {
  const tools = [...bar.querySelectorAll("button")];

  const choose = (tool) => {
    for (const one of tools) one.tabIndex = one === tool ? 0 : -1;
  };

  bar.addEventListener("focusin", ({ target }) => choose(target.closest("button")));
  bar.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const now = tools.indexOf(document.activeElement);
    const forth = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const places = { ArrowRight: now + forth, ArrowLeft: now - forth, Home: 0, End: tools.length - 1 };
    if (!(event.key in places)) return;
    event.preventDefault();
    tools[(places[event.key] + tools.length) % tools.length].focus();
  });

  // A press leaves the caret in the text, so that a phone's keyboard stays open.
  bar.addEventListener("mousedown", (event) => {
    if (event.target.closest("button")) event.preventDefault();
  });

  choose(tools[0]);
  if (IS_MAC) for (const tool of tools) nameAsOnMac(tool);
}

function nameAsOnMac(tool) {
  tool.title = tool.title.replace("Ctrl+", "⌘").replace("Alt+", "⌥").replace("Shift+", "⇧");
  const keys = tool.getAttribute("aria-keyshortcuts");
  if (keys) tool.setAttribute("aria-keyshortcuts", keys.replace("Control", "Meta"));
}
