// Lists as they should be: Word writes them as paragraphs, Google Docs beside instead of inside
// their items.

import { styleOf, unwrap, wordsOf } from "./rich-nodes.js";

const WORD_LIST = /\b(l\d+)\s+level(\d+)/;
const WORD_CLASS = /\bMso(?:ListParagraph|ListBullet|ListNumber)/;
const DOCS_LIST = /\blst-kix_(\w+)-(\d)/;
const NUMBER = /^\(?(?:(\d{1,4})|[a-z]{1,4})[.)]/i;
const MARK_AND_SPACE = /^\s*([·•▪§o○■–-]|\(?(?:\d{1,4}|[a-z]{1,4})[.)])[\s\u00a0]{2,}/i;
const INCH_OF_LEVEL = 0.5;
const INCHES = { in: 1, cm: 1 / 2.54, mm: 1 / 25.4, pt: 1 / 72, px: 1 / 96 };

export function buildLists(body) {
  for (const p of body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    const item = wordItem(p);
    if (item) place(p, item);
  }
  for (const list of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) {
    const before = list.previousElementSibling;
    if (before?.localName === "li") before.append(list);
    else unwrap(list);
  }
  for (const list of body.querySelectorAll("[class*=lst-kix_]")) nest(list);
  for (const item of body.querySelectorAll("li[role=checkbox], li[data-checked]")) {
    const box = item.ownerDocument.createElement("input");
    box.type = "checkbox";
    box.toggleAttribute("checked", [item.getAttribute("aria-checked"), item.dataset.checked].includes("true"));
    for (const img of item.querySelectorAll(":scope > img")) img.remove();
    item.prepend(box);
  }
  // The mark of a task stands before its words, not in a paragraph of its own.
  for (const box of body.querySelectorAll("li input[type=checkbox]")) {
    const words = box.nextSibling;
    if (words?.nodeType === Node.TEXT_NODE) words.data = words.data.trimStart();
    box.closest("li").prepend(box);
  }
}

// A page that Google Docs has saved names list and level of each part: lst-kix_7w2k-1.
function nest(list) {
  const [name, id, level] = list.className.match(DOCS_LIST) ?? [];
  const before = list.previousElementSibling;
  const [, idBefore] = before?.className.match(DOCS_LIST) ?? [];
  if (!name || id !== idBefore || !before.matches("ul, ol")) return;
  let home = before;
  for (let depth = 0; depth < Number(level); depth += 1) {
    const inner = home.lastElementChild.lastElementChild;
    if (!inner?.matches("ul, ol")) {
      home.lastElementChild.append(list);
      return;
    }
    home = inner;
  }
  home.append(...list.children);
  list.remove();
}

// What Word says of a paragraph that is an item: which list, how deep, with which mark.
function wordItem(p) {
  const style = styleOf(p);
  const [, list, level] = (style["mso-list"] ?? "").match(WORD_LIST) ?? [];
  const ignored = p.querySelector("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']");
  if (list && ignored) {
    const mark = wordsOf(ignored);
    ignored.remove();
    return { list, level: Number(level), mark };
  }
  if (!WORD_CLASS.test(p.className)) return null;
  const found = p.textContent.match(MARK_AND_SPACE);
  if (!found) return null;
  cut(p, found[0].length);
  const [, size, unit] = (style["margin-left"] ?? "").match(/([\d.]+)(in|cm|mm|pt|px)/) ?? [];
  const inches = size ? Number(size) * INCHES[unit] : INCH_OF_LEVEL;
  return { list: "", level: Math.max(1, Math.round(inches / INCH_OF_LEVEL)), mark: found[1] };
}

function cut(node, length) {
  const texts = node.ownerDocument.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  let left = length;
  while (left > 0 && texts.nextNode()) {
    const { data } = texts.currentNode;
    texts.currentNode.data = data.slice(left);
    left -= data.length;
  }
}

function place(p, { list, level, mark }) {
  const number = mark.match(NUMBER);
  const name = number ? "ol" : "ul";
  const item = p.ownerDocument.createElement("li");
  item.append(...p.childNodes);
  const before = p.previousElementSibling;
  let home = before?.dataset.word !== undefined ? before : null;
  for (let depth = 1; home && depth < level; depth += 1) {
    const last = home.lastElementChild;
    const inner = last.lastElementChild;
    if (inner?.dataset.word !== undefined) home = inner;
    else {
      home = last.appendChild(newList(p, name, list, number));
    }
  }
  const isSame = home && home.localName === name && (home.dataset.word === list || !list);
  if (!isSame && home && home !== before) home = home.parentElement.appendChild(newList(p, name, list, number));
  else if (!isSame) {
    home = newList(p, name, list, number);
    p.before(home);
  }
  home.append(item);
  p.remove();
}

function newList(p, name, list, number) {
  const made = p.ownerDocument.createElement(name);
  made.dataset.word = list;
  if (number?.[1] && number[1] !== "1") made.setAttribute("start", number[1]);
  return made;
}
