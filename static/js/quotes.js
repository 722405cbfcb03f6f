// Words of a page and where they stand: a passage becomes a quote, and a quote a passage again.
// Spaces do not count, because they stand elsewhere in the page than in what made it (as in blog/passages.py).

export const MAX_CONTEXT_CHARS = 64;
const MAX_PLACES = 100;
const SKIPPED = "script, style, template, noscript, button, textarea, dialog, [hidden], .note, .passage, .continue, .shared-count";
const INLINE = new Set(
  "A ABBR B BDI BDO CITE CODE DATA DEL DFN EM I INS KBD MARK Q S SAMP SMALL SPAN STRONG SUB SUP TIME U VAR".split(" "),
);

const bared = (text) => text.replace(/\s+/g, "");

function blockOf(node) {
  let element = node.parentElement;
  while (INLINE.has(element.tagName)) element = element.parentElement;
  return element;
}

/** The text of an element as one line of words, and for each letter where in the page it is. */
export class Words {
  plain = "";
  bare = "";
  breaks = []; // places in `plain` at which another block begins
  #places = []; // of each letter: its place in `plain`
  #nodes = []; // of each letter: the text node it stands in
  #offsets = []; // and where in that

  constructor(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest(SKIPPED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    const plain = [];
    let block;
    let isApart = false;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { data } = node;
      for (let offset = 0; offset < data.length; offset += 1) {
        if (/\s/.test(data[offset])) {
          isApart = true;
          continue;
        }
        const own = blockOf(node);
        if (plain.length && (isApart || own !== block)) plain.push(" ");
        if (own !== block) this.breaks.push(plain.length);
        block = own;
        isApart = false;
        this.#places.push(plain.length);
        this.#nodes.push(node);
        this.#offsets.push(offset);
        plain.push(data[offset]);
      }
    }
    this.plain = plain.join("");
    this.bare = bared(this.plain);
  }

  /** From which letter to which a passage goes, or null when none is in it. */
  letters(range) {
    const start = this.#first((at) => range.comparePoint(this.#nodes[at], this.#offsets[at]) >= 0);
    const end = this.#first((at) => range.comparePoint(this.#nodes[at], this.#offsets[at] + 1) > 0);
    return start < end ? [start, end] : null;
  }

  /** From where to where in `plain` these letters go. */
  span([start, end]) {
    return [this.#places[start], this.#places[end - 1] + 1];
  }

  range([start, end]) {
    const range = document.createRange();
    range.setStart(this.#nodes[start], this.#offsets[start]);
    range.setEnd(this.#nodes[end - 1], this.#offsets[end - 1] + 1);
    return range;
  }

  quote(letters) {
    const [first, last] = this.span(letters);
    return {
      exact: this.plain.slice(first, last),
      prefix: this.plain.slice(Math.max(0, first - MAX_CONTEXT_CHARS), first),
      suffix: this.plain.slice(last, last + MAX_CONTEXT_CHARS),
      position: letters[0],
    };
  }

  /** The words of a passage, one line for each block. */
  lines(letters) {
    const [first, last] = this.span(letters);
    const cuts = [first, ...this.breaks.filter((at) => at > first && at < last), last];
    return cuts.slice(1).map((end, number) => this.plain.slice(cuts[number], end).trim());
  }

  /** Where a quote stands now, by its neighbours if in several places; null when it is gone. */
  find({ exact, prefix = "", suffix = "" }) {
    const wanted = bared(exact);
    const [before, after] = [bared(prefix), bared(suffix)];
    let best = null;
    let bestLikeness = -1;
    let at = -1;
    for (let number = 0; wanted && number < MAX_PLACES; number += 1) {
      at = this.bare.indexOf(wanted, at + 1);
      if (at < 0) break;
      const likeness = this.#likeness(at, at + wanted.length, before, after);
      if (likeness > bestLikeness) [best, bestLikeness] = [[at, at + wanted.length], likeness];
    }
    return best;
  }

  #likeness(start, end, before, after) {
    let ahead = 0;
    while (ahead < before.length && this.bare[start - 1 - ahead] === before.at(-1 - ahead)) ahead += 1;
    let behind = 0;
    while (behind < after.length && this.bare[end + behind] === after[behind]) behind += 1;
    return ahead + behind;
  }

  /** The first letter of which this is true; it is true of all after it. */
  #first(is) {
    let [low, high] = [0, this.#nodes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (is(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
