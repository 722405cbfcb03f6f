// What of a story is read aloud: its sentences, each with the range of the page that it is.

const LONGEST_CHARS = 240; // Chromium falls silent in the midst of what takes too long
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, td, th, summary, blockquote, div";
const UNSPOKEN =
  "pre, .code, .formula, .figure, .figures, .pull, .embed, .footnote-ref, .footnotes, .note, .anchor, button";
const FOLDED = "details:not([open]) > :not(summary)";

/** `roots` are read one after another; the text itself is left as it is. */
export function sentencesOf(roots, language) {
  const cut = cutter(language);
  return roots.flatMap(passagesOf).flatMap((passage) => cut(passage.text).map(toSentence(passage)));
}

function passagesOf(root) {
  const walker = document.createTreeWalker(
    root,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) => {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      const isUnspoken = node.matches(UNSPOKEN) || node.matches(FOLDED);
      return isUnspoken ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    },
  );
  const passages = [];
  let block;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const inside = node.parentElement.closest(BLOCKS);
    if (inside !== block) passages.push({ text: "", parts: [] });
    block = inside;
    const passage = passages.at(-1);
    passage.parts.push({ node, start: passage.text.length });
    passage.text += node.data;
  }
  return passages;
}

/** Where the sentences of a text begin and end, as pairs. */
function cutter(language) {
  const segmenter = Intl.Segmenter && new Intl.Segmenter(language, { granularity: "sentence" });
  return (text) => {
    const parts = segmenter
      ? [...segmenter.segment(text)].map((part) => [part.index, part.index + part.segment.length])
      : [...text.matchAll(/[^.!?…]+[.!?…]*/g)].map((part) => [part.index, part.index + part[0].length]);
    return parts.flatMap(([start, end]) => shortened(text, start, end)).filter(hasWords(text));
  };
}

function shortened(text, start, end) {
  const pieces = [];
  while (end - start > LONGEST_CHARS) {
    const piece = text.slice(start, start + LONGEST_CHARS);
    const stop = Math.max(piece.lastIndexOf(", "), piece.lastIndexOf("; ")) + 1;
    const length = stop || piece.lastIndexOf(" ") + 1 || LONGEST_CHARS;
    pieces.push([start, start + length]);
    start += length;
  }
  return [...pieces, [start, end]];
}

const hasWords =
  (text) =>
  ([start, end]) =>
    /[\p{L}\p{N}]/u.test(text.slice(start, end));

function toSentence(passage) {
  return ([start, end]) => {
    const raw = passage.text.slice(start, end);
    const from = start + raw.length - raw.trimStart().length;
    const to = start + raw.trimEnd().length;
    const range = new Range();
    range.setStart(...placeOf(passage, from));
    range.setEnd(...placeOf(passage, to));
    return { range, text: raw.replace(/\u00ad/g, "").replace(/\s+/g, " ").trim() };
  };
}

function placeOf({ parts }, offset) {
  const part = parts.findLast(({ start }) => start < offset) ?? parts[0];
  return [part.node, Math.min(offset - part.start, part.node.length)];
}
