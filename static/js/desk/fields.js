// What stands in the story's form, as pairs of names and values; and such pairs put back.

import { replace } from "./text.js";

// They say who writes, where, and on top of what: nobody types them.
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "base_version", "settled_version", "writer", "page_key"]);
const TEXT = ["title", "subtitle", "source"];
const PICTURE = /^picture-\d+-/;

export function typed(form) {
  const isTyped = ([name, value]) => typeof value === "string" && !NOT_TYPED.has(name);
  return [...new FormData(form)].filter(isTyped).map(([name, value]) => [name, plain(name, value)]);
}

// As the server would have it: lines end in one way, names and titles hold no double spaces.
function plain(name, value) {
  const lines = value.replaceAll("\r\n", "\n");
  if (name === "source") return lines;
  const words = lines.split(/\s+/).join(" ").trim();
  return name.endsWith("_names") ? words.replace(/\s*,\s*/g, ", ").replace(/, $/, "") : words;
}

export function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function textOf(pairs) {
  const values = new Map(pairs);
  return Object.fromEntries(TEXT.map((name) => [name, values.get(name) ?? ""]));
}

export function hasText(form) {
  return TEXT.some((name) => form.elements[name].value.trim());
}

export function putBack(form, pairs) {
  for (const field of form.elements) {
    if (!field.name || NOT_TYPED.has(field.name) || ["file", "submit", "button"].includes(field.type)) continue;
    const picture = field.name.match(PICTURE);
    // A picture that came later has words of its own.
    if (picture && !pairs.some(([name]) => name.startsWith(picture[0]))) continue;
    put(field, pairs.filter(([name]) => name === field.name).map(([, value]) => value));
  }
}

function put(field, values) {
  if (["checkbox", "radio"].includes(field.type)) {
    const isChosen = values.includes(field.value);
    if (field.checked === isChosen) return;
    field.checked = isChosen;
  } else {
    if (values.length === 0 || field.value === values[0]) return;
    if (field.name === "source" && field.checkVisibility()) {
      // Typed, so that the browser's undo brings back what stood there.
      replace(field, 0, field.value.length, values[0]);
      return;
    }
    field.value = values[0];
  }
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
