// Two texts of one story, side by side, and three ways on: mine, theirs, or merged by hand.

import { send } from "./ask.js";

const SPLIT_FROM = matchMedia("(width >= 60rem)");

const form = document.getElementById("post_form");
const place = document.querySelector("[data-role=conflict-place]");
let merging = null;

function show(html) {
  const box = document.createElement("template");
  box.innerHTML = html; // a template of ours, filled on the server
  place.replaceChildren(box.content);
  place.querySelector("h2").focus();
}

// The next save goes on top of theirs, which stays among the revisions.
function settle(conflict) {
  form.elements.base_version.value = conflict.dataset.version;
  form.elements.settled_version.value = conflict.dataset.version;
  place.replaceChildren();
  form.elements.source.focus({ preventScroll: true });
  form.dispatchEvent(new CustomEvent("desk:settled"));
}

// Theirs stands beside the text, to copy from, until it is put away.
function merge(conflict) {
  merging?.remove();
  merging = conflict.querySelector("[data-role=whole]");
  merging.open = true;
  if (SPLIT_FROM.matches) {
    document.querySelector("[data-view=split][aria-pressed]").click();
    form.dataset.beside = "theirs";
    form.append(merging);
  } else {
    place.after(merging);
  }
  settle(conflict);
}

function endMerging() {
  delete form.dataset.beside;
  merging?.remove();
  merging = null;
  form.elements.source.focus({ preventScroll: true });
}

async function takeTheirs(button) {
  const body = new FormData(form);
  body.set(button.name, button.value);
  button.disabled = true;
  try {
    const answer = await send(form, form.action, body);
    if (!answer.ok) throw new TypeError(answer.statusText);
    form.dataset.unsaved = "false";
    form.dispatchEvent(new CustomEvent("desk:given-up"));
    location.assign(form.action);
  } catch {
    button.disabled = false;
    form.dispatchEvent(new CustomEvent("desk:trouble", { detail: form.dataset.textOffline }));
  }
}

form.addEventListener("desk:conflict", ({ detail }) => show(detail.html));

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choice]");
  if (!button) return;
  event.preventDefault();
  const conflict = button.closest("[data-role=conflict]");
  if (button.dataset.choice === "mine") settle(conflict);
  else if (button.dataset.choice === "theirs") takeTheirs(button);
  else if (button.dataset.choice === "merge") merge(conflict);
  else endMerging();
});
