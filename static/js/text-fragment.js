// A link to a passage: #:~:text=[prefix-,]start[,end][,-suffix], as short as is unique in the page.
// https://wicg.github.io/scroll-to-text-fragment/

import { Words } from "./quotes.js";

const WHOLE_CHARS = 160; // a longer passage is named by its two ends
const END_WORDS = 4;
const MAX_CONTEXT_WORDS = 8;

const encoded = (words) => encodeURIComponent(words).replaceAll("-", "%2D");

/** The fragment for a range of the page, or "" where there is no word in it. */
export function fragmentFor(range, lang) {
  const words = new Words(document.body);
  const letters = words.letters(range);
  return letters ? new Fragment(words, words.span(letters), lang).text : "";
}

class Fragment {
  #plain;
  #lower;
  #words;
  #segments;

  constructor(words, [first, last], lang) {
    this.#words = words;
    this.#plain = words.plain;
    this.#lower = words.plain.toLowerCase();
    this.#segments = new Intl.Segmenter(lang || undefined, { granularity: "word" }).segment(words.plain);
    this.text = `:~:text=${this.#directive(this.#whole(first, last))}`;
  }

  /** A browser finds whole words only. */
  #whole(first, last) {
    const end = this.#segments.containing(last - 1);
    return [this.#segments.containing(first).index, end.index + end.segment.length];
  }

  #directive([first, last]) {
    const inside = this.#words.breaks.filter((at) => at > first && at < last);
    if (!inside.length && last - first <= WHOLE_CHARS) return this.#withContext(first, last, last, last);
    const startEnd = this.#wordsAfter(first, Math.min(last, inside[0] ?? last), END_WORDS);
    const endStart = this.#wordsBefore(last, Math.max(first, inside.at(-1) ?? first, startEnd), END_WORDS);
    return this.#withContext(first, startEnd, endStart, last);
  }

  #withContext(first, startEnd, endStart, last) {
    const start = this.#slice(first, startEnd);
    const end = this.#slice(endStart, last);
    let directive = encoded(start) + (end ? `,${encoded(end)}` : "");
    if (this.#standsOften(start)) {
      const prefix = this.#prefix(first, start);
      if (prefix) directive = `${encoded(prefix)}-,${directive}`;
    }
    const isNearest = !end || this.#lower.indexOf(end.toLowerCase(), startEnd) >= endStart;
    const isAlone = isNearest && (end || !this.#standsOften(`${this.#before}${start}`));
    if (!isAlone) {
      const suffix = this.#slice(last, this.#wordsAfter(last, this.#blockEnd(last), MAX_CONTEXT_WORDS));
      if (suffix) directive = `${directive},-${encoded(suffix)}`;
    }
    return directive;
  }

  #before = "";

  /** As many of the words before it as make it the only one. */
  #prefix(first, start) {
    const begin = this.#blockStart(first);
    for (let count = 1; count <= MAX_CONTEXT_WORDS; count += 1) {
      const from = this.#wordsBefore(first, begin, count);
      this.#before = this.#plain.slice(from, first);
      if (from <= begin || !this.#standsOften(this.#before + start)) break;
    }
    return this.#before.trim();
  }

  #standsOften(text) {
    const wanted = text.toLowerCase();
    const at = this.#lower.indexOf(wanted);
    return at >= 0 && this.#lower.indexOf(wanted, at + 1) >= 0;
  }

  #slice(first, last) {
    return this.#plain.slice(first, last).trim();
  }

  /** Where the block begins that ends before `at`, and where the one ends that goes on after it. */
  #blockStart(at) {
    return this.#words.breaks.findLast((place) => place < at) ?? 0;
  }

  #blockEnd(at) {
    return this.#words.breaks.find((place) => place > at + 1) ?? this.#plain.length;
  }

  #wordsAfter(from, limit, count) {
    let at = from;
    for (let left = count; left && at < limit; ) {
      const segment = this.#segments.containing(at);
      at = segment.index + segment.segment.length;
      if (segment.isWordLike) left -= 1;
    }
    return Math.min(at, limit);
  }

  #wordsBefore(to, limit, count) {
    let at = to;
    for (let left = count; left && at > limit; ) {
      const segment = this.#segments.containing(at - 1);
      at = segment.index;
      if (segment.isWordLike) left -= 1;
    }
    return Math.max(at, limit);
  }
}
