// The footnotes of Word, Google Docs, LibreOffice and web pages: marks and texts find each other by their
// addresses, and get numbers that the story does not use yet.

import { unwrap } from "./rich-nodes.js";

const TO_TEXT = /^(?:(?:_ftn|_edn|ftnt|fn[:-]?|footnote[-_]?|cite_note-)[\w.-]+|sdfootnote\d+sym)$/i;
const TO_MARK = /^(?:_ftnref|_ednref|ftnt_ref|fnref|footnote-?ref|cite_ref|sdfootnote\d+anc)/i;

export function collectNotes(body, nextNote) {
  const numbers = new Map();
  const texts = [];
  let last = 0;
  for (const a of body.querySelectorAll("a[href*='#']")) {
    const address = placeOf(a);
    if (TO_MARK.test(address) || !TO_TEXT.test(address)) continue;
    if (!numbers.has(address)) {
      const text = textAt(body, address);
      if (!text || text.contains(a)) continue;
      last = nextNote(last + 1);
      numbers.set(address, last);
      texts.push([text, last]);
    }
    const mark = body.ownerDocument.createElement("span");
    mark.dataset.note = numbers.get(address);
    mark.textContent = "*"; // what is empty is not written at all
    (a.closest("sup") ?? a).replaceWith(mark);
  }
  for (const [text, number] of texts) body.append(noteText(text, number));
  for (const list of body.querySelectorAll("[data-style*='mso-element:footnote-list'], [data-style*='mso-element:endnote-list']")) {
    list.remove();
  }
}

function placeOf(a) {
  return decodeURIComponent(a.getAttribute("href").split("#").pop());
}

function textAt(body, address) {
  const name = CSS.escape(address);
  const target = body.querySelector(`[id="${name}"], [name="${name}"]`);
  if (!target || target.matches("li, div")) return target;
  const word = target.closest("[data-style*='mso-element:footnote'], [data-style*='mso-element:endnote']");
  return word ?? target.closest("li") ?? target.closest("p, div");
}

// The text without its own number and without the way back, which Markdown makes by itself.
function noteText(from, number) {
  const made = from.ownerDocument.createElement("div");
  made.dataset.noteText = number;
  for (const a of from.querySelectorAll("a")) {
    const href = a.getAttribute("href") ?? "";
    if (href.includes("#") && TO_MARK.test(placeOf(a))) (a.closest("sup") ?? a).remove();
  }
  const line = from.parentElement?.previousElementSibling;
  if (line?.localName === "hr") line.remove();
  if (from.localName === "p") made.append(from);
  else {
    made.append(...from.childNodes);
    from.remove();
  }
  for (const inner of made.querySelectorAll("div")) unwrap(inner);
  return made;
}
