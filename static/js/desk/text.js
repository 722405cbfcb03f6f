// Changes to a text field that the browser's own undo can take back.

let isComposing = false;

// A word of an input method is under way in some field: taking the focus would end it half way.
for (const [name, state] of [["compositionstart", true], ["compositionend", false]]) {
  addEventListener(name, () => {
    isComposing = state;
  }, true);
}

// execCommand is old, but the one way to type into a field so that Ctrl+Z still works.
export function type(field, text) {
  field.focus({ preventScroll: true });
  const isHere = document.activeElement === field;
  endTyping(field);
  if (!isHere || !document.execCommand(text ? "insertText" : "delete", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

// What comes by a tool or a paste is a step of its own for undo: otherwise the browser takes it
// for more of what was typed just before. A selection that moves ends the step, one that is set
// to where it stands does not.
function endTyping(field) {
  const { selectionStart, selectionEnd, selectionDirection } = field;
  if (!field.value) return;
  const away = selectionStart === 0 && selectionEnd === 0 ? field.value.length : 0;
  field.setSelectionRange(away, away);
  field.setSelectionRange(selectionStart, selectionEnd, selectionDirection);
}

export function replace(field, start, end, text) {
  if (field.value.slice(start, end) === text) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  type(field, text);
}

// Swaps one passage for another without disturbing somebody who writes elsewhere.
export function swap(field, passage, text) {
  if (isComposing) {
    addEventListener("compositionend", () => setTimeout(swap, 0, field, passage, text), { once: true });
    return;
  }
  const start = field.value.indexOf(passage);
  if (start < 0) return;
  const end = start + passage.length;
  const moved = (place) => {
    if (place <= start) return place;
    return place >= end ? place + text.length - passage.length : start + text.length;
  };
  const from = moved(field.selectionStart);
  const to = moved(field.selectionEnd);
  undisturbed(field, () => {
    replace(field, start, end, text);
    field.setSelectionRange(from, to);
  });
}

// Typing needs the focus, and a field that is shown. Both are given back before anything is painted.
function undisturbed(field, act) {
  const { activeElement } = document;
  const { form } = field;
  const { view } = form.dataset;
  const places = [];
  for (let box = field; box; box = box.parentElement) places.push([box, box.scrollTop]);
  if (!field.checkVisibility()) form.dataset.view = "write";
  act();
  if (form.dataset.view !== view) form.dataset.view = view;
  if (activeElement !== field) {
    field.blur();
    activeElement.focus({ preventScroll: true });
  }
  for (const [box, top] of places) if (box.scrollTop !== top) box.scrollTop = top;
}

// Puts marks around what is selected, or takes them away when they are there.
export function wrap(field, before, after = before) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const has = stands(value, start, end, before, after);
  const chosen = value.slice(start, end);
  if (has) {
    replace(field, start - before.length, end + after.length, chosen);
    field.setSelectionRange(start - before.length, end - before.length);
    return;
  }
  // Marks stand at the words, not at the spaces around them.
  const lead = chosen.length - chosen.trimStart().length;
  const tail = lead < chosen.length ? chosen.length - chosen.trimEnd().length : 0;
  const words = chosen.slice(lead, chosen.length - tail);
  // … and each paragraph has its own: they do not reach over an empty line.
  const parts = words.split(/(\n[ \t]*\n\s*)/).map((part, index) => (index % 2 ? part : before + part + after));
  replace(field, start + lead, end - tail, parts.join(""));
  const first = start + lead + before.length;
  field.setSelectionRange(first, first + parts.join("").length - before.length - after.length);
}

// `**` around a word is not `*` around it; `***` is both.
function stands(value, start, end, before, after) {
  const run = (text, pattern) => text.match(pattern)[0].length;
  if (!value.slice(0, start).endsWith(before) || !value.slice(end).startsWith(after)) return false;
  if (before !== "*") return true;
  return run(value.slice(0, start), /\**$/) % 2 === 1 && run(value.slice(end), /^\**/) % 2 === 1;
}

// Where the selected lines begin and end, whole.
export function linesAt(field) {
  const { value, selectionStart, selectionEnd } = field;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  // A selection that ends right after a line's end means that line, not the next.
  const last = selectionEnd > selectionStart && value[selectionEnd - 1] === "\n" ? selectionEnd - 1 : selectionEnd;
  const next = value.indexOf("\n", Math.max(last, start));
  return { start, end: next < 0 ? value.length : next };
}

// Rewrites the selected lines; `change` gets them and gives them back.
export function changeLines(field, change) {
  const { value, selectionStart, selectionEnd } = field;
  const { start, end } = linesAt(field);
  const text = change(value.slice(start, end).split("\n")).join("\n");
  replace(field, start, end, text);
  if (selectionStart === selectionEnd) {
    const place = Math.max(start, start + text.length - (end - selectionEnd));
    field.setSelectionRange(place, place);
  } else {
    field.setSelectionRange(start, start + text.length);
  }
}

// A block of its own: an empty line stands before and after it.
export function block(field, text) {
  const { value, selectionStart, selectionEnd } = field;
  const lead = gapAfter(value.slice(0, selectionStart));
  type(field, lead + text + gapBefore(value.slice(selectionEnd)));
  return selectionStart + lead.length;
}

function gapAfter(before) {
  if (before === "" || before.endsWith("\n\n")) return "";
  return before.endsWith("\n") ? "\n" : "\n\n";
}

function gapBefore(after) {
  if (after.startsWith("\n\n")) return "";
  return after.startsWith("\n") ? "\n" : "\n\n";
}
