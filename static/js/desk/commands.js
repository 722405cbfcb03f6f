// What the buttons above the text do to it, and their shortcuts.

import { block, prefix, replace, wrap } from "./text.js";

const FIRST_NOTE = 1;

export const COMMANDS = {
  heading: (field) => prefix(field, "## "),
  bold: (field) => wrap(field, "**"),
  italic: (field) => wrap(field, "*"),
  quote: (field) => prefix(field, "> "),
  list: (field) => prefix(field, "- "),
  code: (field) => (isOneLine(field) ? wrap(field, "`") : fence(field)),
  divider: (field) => block(field, "* * *"),
  link: (field, words) => link(field, words.textLink),
  note: (field, words) => note(field, words.textNote),
};

const ALONE = { b: "bold", i: "italic", k: "link" };
const WITH_ALT = { Digit2: "heading", KeyQ: "quote", KeyL: "list", KeyF: "note", KeyC: "code", KeyS: "divider" };

// The command that a key press asks for, if any.
export function commandOf(event) {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey) return undefined;
  return event.altKey ? WITH_ALT[event.code] : ALONE[event.key.toLowerCase()];
}

function selected(field) {
  return field.value.slice(field.selectionStart, field.selectionEnd);
}

function isOneLine(field) {
  return !selected(field).includes("\n");
}

function fence(field) {
  const text = selected(field);
  block(field, `\`\`\`\n${text}\n\`\`\``);
}

function link(field, placeholder) {
  const { selectionStart: start, selectionEnd: end } = field;
  const text = selected(field) || placeholder;
  replace(field, start, end, `[${text}](https://)`);
  const address = start + text.length + 3;
  field.setSelectionRange(address, address + "https://".length);
}

function note(field, placeholder) {
  const { value, selectionEnd } = field;
  let number = FIRST_NOTE;
  while (value.includes(`[^${number}]`)) number += 1;
  replace(field, selectionEnd, selectionEnd, `[^${number}]`);
  const end = field.value.length;
  const gap = field.value.endsWith("\n") ? "\n" : "\n\n";
  const text = `${gap}[^${number}]: ${placeholder}`;
  replace(field, end, end, text);
  field.setSelectionRange(field.value.length - placeholder.length, field.value.length);
}
