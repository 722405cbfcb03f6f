// Changes to a text field that the browser's own undo can take back.

// execCommand is old, but the one way to type into a field so that Ctrl+Z still works.
export function type(field, text) {
  field.focus();
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

export function replace(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  if (text) type(field, text);
  else if (start !== end && !document.execCommand("delete")) type(field, "");
}

// Swaps one passage for another without moving the caret of somebody who writes elsewhere.
export function swap(field, passage, text) {
  const start = field.value.indexOf(passage);
  if (start < 0) return false;
  const end = start + passage.length;
  const moved = (place) => {
    if (place <= start) return place;
    return place >= end ? place + text.length - passage.length : start + text.length;
  };
  const from = moved(field.selectionStart);
  const to = moved(field.selectionEnd);
  if (document.activeElement === field) {
    const { scrollTop } = field;
    replace(field, start, end, text);
    field.setSelectionRange(from, to);
    field.scrollTop = scrollTop;
  } else {
    field.setRangeText(text, start, end, "preserve");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  return true;
}

// Puts marks around what is selected, or takes them away when they are there.
export function wrap(field, before, after = before) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const has =
    value.slice(start - before.length, start) === before &&
    value.slice(end, end + after.length) === after;
  const chosen = value.slice(start, end);
  if (has) {
    replace(field, start - before.length, end + after.length, chosen);
    field.setSelectionRange(start - before.length, end - before.length);
    return;
  }
  replace(field, start, end, before + chosen + after);
  field.setSelectionRange(start + before.length, end + before.length);
}

// Begins each selected line with a mark, or takes it away when every one has it.
export function prefix(field, mark) {
  const { value } = field;
  const start = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const next = value.indexOf("\n", field.selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const all = lines.every((line) => line.startsWith(mark));
  const text = lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join("\n");
  replace(field, start, end, text);
}

// A block of its own: an empty line stands before and after it.
export function block(field, text) {
  const { value, selectionStart, selectionEnd } = field;
  const before = value.slice(0, selectionStart);
  const after = value.slice(selectionEnd);
  const gap = (side) => (side === "" || side.endsWith("\n\n") ? "" : side.endsWith("\n") ? "\n" : "\n\n");
  const tail = after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  type(field, gap(before) + text + tail);
}
