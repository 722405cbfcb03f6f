// What the buttons above the text do to it, and their shortcuts.

import { indent, outdent } from "./lists.js";
import { block, changeLines, linesAt, replace, wrap } from "./text.js";

const FIRST_NOTE = 1;
const MARKS = {
  list: { has: /^\s*[-*+] (?!\[[ xX]\] )/, mark: () => "- " },
  numbers: { has: /^\s*\d{1,9}[.)] /, mark: (count) => `${count}. ` },
  tasks: { has: /^\s*[-*+] \[[ xX]\] /, mark: () => "- [ ] " },
};
const LIST_MARK = /^(\s*)(?:[-*+] \[[ xX]\] |[-*+] |\d{1,9}[.)] )?/;
const HEADING = /^#{1,6} +/;
const IS_ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/;

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export const COMMANDS = {
  heading: (field) => heading(field, { "": "## ", "## ": "### ", "### ": "" }),
  heading2: (field) => heading(field, { "## ": "" }, "## "),
  heading3: (field) => heading(field, { "### ": "" }, "### "),
  bold: (field) => wrap(field, "**"),
  italic: (field) => wrap(field, "*"),
  quote: (field) => quote(field),
  pull: (field, words) => pull(field, words.textPull),
  list: (field) => list(field, MARKS.list),
  numbers: (field) => list(field, MARKS.numbers),
  tasks: (field) => list(field, MARKS.tasks),
  code: (field) => (isOneLine(field) ? wrap(field, "`") : fence(field)),
  divider: (field) => block(field, "* * *"),
  table: (field, words) => table(field, words.textColumn),
  link: (field, words) => link(field, words.textLink),
  note: (field, words) => note(field, words.textNote),
  indent: (field) => changeLines(field, (lines) => indent(lines, above(field))),
  outdent: (field) => changeLines(field, (lines) => outdent(lines, above(field))),
};

const PLAIN = { b: "bold", i: "italic", k: "link" };
// By what they write: on many keyboards the brackets stand elsewhere, and need the Alt key.
const BRACKETS = { "]": "indent", "[": "outdent" };
const WITH_SHIFT = { Digit7: "numbers", Digit8: "list", Digit9: "tasks" };
const WITH_ALT = {
  Digit2: "heading2",
  Digit3: "heading3",
  KeyB: "table",
  KeyC: "code",
  KeyF: "note",
  KeyL: "library",
  KeyP: "picture",
  KeyQ: "quote",
  KeyS: "divider",
  KeyU: "pull",
};

// The command that a key press asks for, if any.
export function commandOf(event) {
  const { altKey, code, ctrlKey, key, metaKey, shiftKey } = event;
  if (event.isComposing) return undefined;
  const isCommand = IS_MAC ? metaKey : ctrlKey;
  if (isCommand && !shiftKey && BRACKETS[key]) return BRACKETS[key];
  // AltGr writes letters: with Q it is the German @. (On a Mac, some call Option so.)
  if (!IS_MAC && event.getModifierState("AltGraph")) return undefined;
  // Control on a Mac as well: with Command it would quit at Q.
  if (altKey) return ctrlKey && !shiftKey ? WITH_ALT[code] : undefined;
  if (!isCommand) return undefined;
  return shiftKey ? WITH_SHIFT[code] : PLAIN[key.toLowerCase()];
}

function selected(field) {
  return field.value.slice(field.selectionStart, field.selectionEnd);
}

function isOneLine(field) {
  return !selected(field).includes("\n");
}

function above(field) {
  return field.value.slice(0, linesAt(field).start).split("\n").slice(0, -1);
}

function heading(field, next, otherwise) {
  changeLines(field, (lines) => {
    const [mark] = lines[0].match(HEADING) ?? [""];
    const wanted = next[mark] ?? otherwise ?? "## ";
    return lines.map((line) => (line || lines.length === 1 ? wanted : "") + line.replace(HEADING, ""));
  });
}

function quote(field) {
  changeLines(field, (lines) => {
    const isQuoted = lines.every((line) => line.startsWith(">"));
    return lines.map((line) => (isQuoted ? line.replace(/^> ?/, "") : `> ${line}`));
  });
}

function list(field, { has, mark }) {
  changeLines(field, (lines) => {
    const written = lines.filter((line) => line.trim());
    const isList = written.length > 0 && written.every((line) => has.test(line));
    let count = 0;
    return lines.map((line) => {
      if (!line.trim() && lines.length > 1) return line;
      count += 1;
      return line.replace(LIST_MARK, (_all, space) => space + (isList ? "" : mark(count)));
    });
  });
}

// The selected lines, or the one with the caret, as a block between two marks.
function enclose(field, before, after, placeholder) {
  const { start, end } = linesAt(field);
  const text = field.value.slice(start, end).replaceAll(/^\n+|\s+$/g, "") || placeholder;
  field.setSelectionRange(start, end);
  const first = block(field, `${before}\n${text}\n${after}`) + before.length + 1;
  field.setSelectionRange(first, first + text.length);
}

function pull(field, placeholder) {
  enclose(field, "::: pull", ":::", placeholder);
}

function fence(field) {
  const [longest] = [...(selected(field).match(/`{3,}/g) ?? ["``"])].sort((a, b) => b.length - a.length);
  const marks = `${longest}\``;
  enclose(field, marks, marks, "");
}

function table(field, column) {
  const head = `| ${column} 1 | ${column} 2 |`;
  field.setSelectionRange(field.selectionEnd, field.selectionEnd);
  const start = block(field, `${head}\n| --- | --- |\n|  |  |`) + "| ".length;
  field.setSelectionRange(start, start + `${column} 1`.length);
}

function link(field, placeholder) {
  const { selectionStart: start, selectionEnd: end } = field;
  const chosen = selected(field);
  const isAddress = IS_ADDRESS.test(chosen);
  const text = isAddress ? placeholder : chosen || placeholder;
  const address = isAddress ? chosen : "https://";
  replace(field, start, end, `[${text}](${address})`);
  const first = isAddress ? start + 1 : start + text.length + 3;
  field.setSelectionRange(first, first + (isAddress ? text : address).length);
}

// The first number that no note of the text has.
export function freeNote(text, from = FIRST_NOTE) {
  let number = from;
  while (text.includes(`[^${number}]`)) number += 1;
  return number;
}

function note(field, placeholder) {
  const { value, selectionEnd } = field;
  const number = freeNote(value);
  replace(field, selectionEnd, selectionEnd, `[^${number}]`);
  const end = field.value.length;
  const gap = field.value.endsWith("\n") ? "\n" : "\n\n";
  const text = `${gap}[^${number}]: ${placeholder}`;
  replace(field, end, end, text);
  field.setSelectionRange(field.value.length - placeholder.length, field.value.length);
}
