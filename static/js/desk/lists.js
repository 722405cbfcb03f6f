// Lists and quotes go on by themselves at Enter, and move in and out.

import { replace, type } from "./text.js";

const QUOTE = /^(?:[ \t]{0,3}> ?)*/;
const ITEM = /^([ \t]*)(?:([-*+])|(\d{1,9})([.)]))([ \t]+)(\[[ xX]\][ \t]+)?/;
const DIVIDER = /^[ \t]*([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const FENCE = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})(.*)$/;
const STEP = 2;
const TAB = 4;

// Whether a place of the text lies inside fenced code.
export function isInFence(text, place) {
  let open = "";
  for (const line of text.slice(0, text.lastIndexOf("\n", place - 1) + 1).split("\n")) {
    const [, marks, rest] = line.match(FENCE) ?? [];
    if (!marks) continue;
    if (!open) open = marks[0] === "`" && rest.includes("`") ? "" : marks;
    else if (marks[0] === open[0] && marks.length >= open.length && !rest.trim()) open = "";
  }
  return Boolean(open);
}

// A line in parts: the quote marks, the spaces, the bullet or number, the words.
function take(line) {
  const [quote] = line.match(QUOTE);
  const rest = line.slice(quote.length);
  const item = DIVIDER.test(rest) ? null : rest.match(ITEM);
  const space = item ? item[1] : rest.match(/^[ \t]*/)[0];
  return {
    quote,
    space,
    width: space.replaceAll("\t", " ".repeat(TAB)).length,
    item: item && { bullet: item[2], number: item[3], sign: item[4], gap: item[5], task: item[6] ?? "" },
    mark: item ? item[0].slice(space.length) : "",
    words: rest.slice(item ? item[0].length : space.length),
  };
}

// How far the words of an item stand in: what belongs to it stands there too.
function inside({ width, item }) {
  return width + (item.bullet ?? `${item.number}${item.sign}`).length + item.gap.length;
}

function following({ item }) {
  const mark = item.bullet ?? `${Number(item.number) + 1}${item.sign}`;
  return mark + item.gap + (item.task && "[ ] ");
}

// Goes on with what the caret's line is: true when it did something.
export function goOn(field) {
  const { value, selectionStart: place, selectionEnd } = field;
  if (place !== selectionEnd) return false;
  const start = value.lastIndexOf("\n", place - 1) + 1;
  const next = value.indexOf("\n", place);
  const line = value.slice(start, next < 0 ? value.length : next);
  const parts = take(line);
  const lead = parts.quote.length + parts.space.length + parts.mark.length;
  if ((!parts.item && !parts.quote) || place - start < lead || isInFence(value, place)) return false;
  if (parts.words.trim()) {
    type(field, `\n${parts.quote}${parts.space}${parts.item ? following(parts) : ""}`);
  } else {
    replace(field, start, start + line.length, ended(parts, value.slice(0, start).split("\n").slice(0, -1)));
  }
  return true;
}

// An empty item becomes one of the list around it, or nothing; an empty quote loses a mark.
function ended(parts, above) {
  if (!parts.item) return parts.quote.replace(/[ \t]*> ?$/, "");
  const around = parentOf(parts, above);
  return parts.quote + (around ? around.space + following(around) : "");
}

// The nearest item above that stands further out.
function parentOf({ width }, above) {
  if (width === 0) return undefined;
  return itemAbove(above, (item) => item.width < width);
}

function itemAbove(above, isMeant) {
  for (let index = above.length - 1; index >= 0; index -= 1) {
    const parts = take(above[index]);
    if (parts.item && isMeant(parts)) return parts;
    if (above[index].trim() && !parts.item && parts.width === 0) return undefined;
  }
  return undefined;
}

// Lines moved below the item above them. A numbered item that begins a list becomes its first.
export function indent(lines, above) {
  const first = take(lines[0]);
  const before = itemAbove(above, (item) => item.width <= first.width);
  const step = before ? Math.max(inside(before) - first.width, 0) : STEP;
  if (step === 0) return lines;
  const sibling = itemAbove(above, (item) => item.width <= first.width + step);
  const isJoining = sibling?.item.number && sibling.width === first.width + step;
  const moved = lines.map((line) => {
    const { quote } = take(line);
    return line.trim() ? quote + " ".repeat(step) + line.slice(quote.length) : line;
  });
  return numbered(moved, isJoining ? Number(sibling.item.number) + 1 : 1);
}

export function outdent(lines, above) {
  const first = take(lines[0]);
  const around = first.item && parentOf(first, above);
  const step = around ? first.width - around.width : STEP;
  const moved = lines.map((line) => {
    const { quote, space, width } = take(line);
    return quote + " ".repeat(Math.max(0, width - step)) + line.slice(quote.length + space.length);
  });
  return around?.item.number ? numbered(moved, Number(around.item.number) + 1) : moved;
}

// The outermost numbered items count on from a number.
function numbered(lines, from) {
  const { width, item } = take(lines[0]);
  if (!item?.number) return lines;
  let number = from;
  return lines.map((line) => {
    const parts = take(line);
    if (parts.width !== width || !parts.item?.number) return line;
    const mark = `${number}${parts.item.sign}${parts.item.gap}${parts.item.task}`;
    number += 1;
    return parts.quote + parts.space + mark + parts.words;
  });
}

// Enter, on keyboards and on phones. With Shift it is a line break and nothing more.
export function listenForEnter(field) {
  let isShift = false;
  field.addEventListener("keydown", (event) => {
    isShift = event.shiftKey;
  });
  field.addEventListener("beforeinput", (event) => {
    const isEnter = ["insertLineBreak", "insertParagraph"].includes(event.inputType);
    if (!isEnter || event.isComposing || isShift) return;
    if (goOn(field)) event.preventDefault();
  });
}
