// The row of buttons above the text: one stop of the Tab key, arrows within it.

import { IS_MAC } from "./commands.js";

export function makeToolbar(bar) {
  const tools = [...bar.querySelectorAll("button, a")];

  const choose = (tool) => {
    for (const one of tools) one.tabIndex = one === tool ? 0 : -1;
  };

  bar.addEventListener("focusin", ({ target }) => choose(target.closest("button, a")));
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
  if (IS_MAC) for (const tool of bar.querySelectorAll("button")) nameAsOnMac(tool);
}

function nameAsOnMac(tool) {
  if (tool.title.includes("Alt+")) {
    tool.title = tool.title.replaceAll("Ctrl+", "⌃").replaceAll("Alt+", "⌥");
  } else {
    tool.title = tool.title.replace("Ctrl+", "⌘").replace("Shift+", "⇧");
    tool.setAttribute("aria-keyshortcuts", tool.getAttribute("aria-keyshortcuts").replace("Control", "Meta"));
  }
}
