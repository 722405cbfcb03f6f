// A press on a marked passage offers what can be done with it.

import { touchedAt } from "./marks.js";

document.querySelector("[data-story]").addEventListener("click", async (event) => {
  if (!getSelection().isCollapsed || event.target.closest("a, button, summary, label, input")) return;
  const passage = touchedAt(event.clientX, event.clientY);
  if (!passage || document.documentElement.dataset.off.includes("passages")) return;
  const { offer } = await import("./passages.js");
  offer(passage);
});
