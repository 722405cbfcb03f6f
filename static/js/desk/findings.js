// What is still missing in the text, as the server found it: counted in the line below, listed on
// a press, marked in the preview. An entry of the list leads to its place in the text.

import { showPlace } from "./place.js";

// In the order in which they are counted; the words stand in the page under these names.
const KINDS = { to_come: "textToCome", undescribed: "textUndescribed", nowhere: "textNowhere" };
const TO_COME = /(?<![\p{L}\p{N}]_?)(?:TK)+(?!_?[\p{L}\p{N}])/gu;
const CODE = "code, pre";

const form = document.getElementById("post_form");
const box = document.querySelector("[data-role=findings]");
const summary = box.querySelector("summary");
const list = box.querySelector("ul");
const preview = document.querySelector("[data-preview=body]");
const described = new Set(); // by words that are typed and not saved yet
let findings = [];

function isOpen({ picture }) {
  return !picture || !described.has(picture);
}

function counted([kind, name]) {
  const { length } = findings.filter((finding) => finding.kind === kind && isOpen(finding));
  if (length === 0) return [];
  return [length === 1 ? box.dataset[`${name}One`] : box.dataset[name].replace("{}", length)];
}

function show() {
  const words = Object.entries(KINDS).flatMap(counted).join(" · ");
  box.hidden = words === "";
  if (box.hidden) box.open = false;
  if (summary.textContent !== words) summary.textContent = words;
  list.replaceChildren(...findings.filter(isOpen).map(entry));
}

function entry(finding) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "findings__place";
  const kind = document.createElement("span");
  kind.className = "findings__kind";
  kind.textContent = box.dataset[`${KINDS[finding.kind]}Name`];
  const sentence = document.createElement("span");
  sentence.dir = "auto";
  // The mark of a picture says nothing to anybody: its line does.
  const { line, picture } = finding;
  sentence.textContent = picture ? box.dataset.textLine.replace("{}", line + 1) : finding.sentence;
  button.append(kind, " ", sentence);
  button.addEventListener("click", () => {
    box.open = false;
    showPlace(finding);
  });
  item.append(button);
  return item;
}

// Marks in the preview, which leave its HTML as readers will get it.
function mark() {
  if (!globalThis.Highlight) return;
  const ranges = [];
  const texts = document.createTreeWalker(preview, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (!node.data.includes("TK") || node.parentElement.closest(CODE)) continue;
    for (const match of node.data.matchAll(TO_COME)) ranges.push(rangeOf(node, match.index, match[0].length));
  }
  for (const link of preview.querySelectorAll("a")) if (leadsNowhere(link)) ranges.push(rangeAround(link));
  CSS.highlights.set("missing", new Highlight(...ranges));
  for (const img of preview.querySelectorAll("[data-missing]")) delete img.dataset.missing;
  for (const { picture } of findings.filter((one) => one.picture && isOpen(one))) {
    for (const img of preview.querySelectorAll(`img[src*="/${picture}/"]`)) img.dataset.missing = "description";
  }
}

function rangeOf(node, start, length) {
  const range = new Range();
  range.setStart(node, start);
  range.setEnd(node, start + length);
  return range;
}

function rangeAround(node) {
  const range = new Range();
  range.selectNodeContents(node);
  return range;
}

function leadsNowhere(link) {
  const href = link.getAttribute("href") ?? "";
  if (/^(?:https?:\/*|mailto:|#)?$/i.test(href)) return true;
  return href.startsWith("#") && href !== "#top" && !preview.querySelector(`[id="${CSS.escape(decodeURIComponent(href.slice(1)))}"]`);
}

form.addEventListener("desk:counts", ({ detail }) => {
  // Places of a text that was typed on since are places no more; the next answer is on its way.
  if (!detail.isNewest) return;
  findings = detail.findings;
  show();
  mark();
});

form.addEventListener("desk:words", ({ detail: { token, isSilent } }) => {
  if (isSilent) described.delete(token);
  else described.add(token);
  show();
  mark();
});

// Between two answers of the server, places move with what is typed before them.
let before = form.elements.source.value;
form.elements.source.addEventListener("input", ({ target }) => {
  const { value } = target;
  const moved = value.length - before.length;
  let same = 0;
  while (same < value.length && same < before.length && value[same] === before[same]) same += 1;
  findings = findings.map((one) => (one.start >= same ? { ...one, start: one.start + moved, end: one.end + moved } : one));
  before = value;
  if (box.open) list.replaceChildren(...findings.filter(isOpen).map(entry));
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !box.open) return;
  event.stopPropagation();
  box.open = false;
  summary.focus();
});

addEventListener("click", ({ target }) => {
  if (!box.contains(target)) box.open = false;
});
