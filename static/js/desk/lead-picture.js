// The lead picture: one of those offered, one from a file, or an earlier one. What the desk learns
// of a picture is shown in the panel, once.

import { openLibrary } from "./picture-library.js";

const form = document.getElementById("post_form");
const choices = document.querySelector("[data-role=lead]");
const words = document.querySelector("[data-role=pictures]");
const toWords = document.querySelector("[data-role=lead-words]");

function made(html) {
  const box = document.createElement("template");
  box.innerHTML = html; // a template of ours, filled on the server
  return box.content;
}

// Words stand in the order in which the text shows their pictures.
function addWords(row, token) {
  const placeOf = (one) => form.elements.source.value.indexOf(`/${one}/`);
  const place = placeOf(token);
  const next = place < 0 ? null : [...words.children].find((one) => placeOf(one.dataset.token) > place);
  words.insertBefore(made(row), next ?? null);
}

function choiceOf(pk) {
  return choices.querySelector(`input[value="${pk}"]`);
}

form.addEventListener("desk:picture", ({ detail: { pk, token, row, choice } }) => {
  if (!document.getElementById(`picture-${pk}`)) addWords(row, token);
  if (!choiceOf(pk)) choices.append(made(choice));
});

function lead(answer) {
  form.dispatchEvent(new CustomEvent("desk:picture", { detail: answer }));
  const choice = choiceOf(answer.pk);
  choice.checked = true;
  choice.closest("label").scrollIntoView({ block: "nearest" });
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

document.querySelector("[data-role=lead-file]").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (file) document.querySelector("story-editor").pictures.takeAside(file, lead);
});

document.querySelector("[data-role=lead-library]").addEventListener("click", async () => {
  const chosen = await openLibrary();
  if (chosen) lead(chosen);
});

// From the lead picture to its words, wherever they stand in the panel.

function show() {
  const chosen = choices.querySelector("input:checked");
  const row = chosen?.value ? document.getElementById(`picture-${chosen.value}`) : null;
  toWords.hidden = !row;
  toWords.dataset.row = row?.id ?? "";
}

choices.addEventListener("change", async ({ target }) => {
  show();
  if (!toWords.hidden || !target.value) return;
  // An earlier picture, chosen from the row: its words are not in the page yet.
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(`${choices.dataset.url}${target.value}/`, { headers });
    if (!response.ok) return;
    form.dispatchEvent(new CustomEvent("desk:picture", { detail: await response.json() }));
    show();
  } catch {
    // No way to the server: the choice stands all the same.
  }
});

toWords.addEventListener("click", () => {
  const row = document.getElementById(toWords.dataset.row);
  row.open = true;
  row.scrollIntoView({ block: "start" });
  row.querySelector("textarea").focus({ preventScroll: true });
});

show();
