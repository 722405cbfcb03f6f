// Small things that are asked of the nodes of a pasted document.

// Soft hyphens, zero-width spaces and the marks of byte order: they print nothing.
export const EMPTY = /[\u00ad\u200b\u2060\ufeff]/g;

// The declarations of an element's style, which stand in data-style (see rich-text.js).
export function styleOf(node) {
  const declarations = (node.dataset?.style ?? "").split(";").map((one) => {
    const colon = one.indexOf(":");
    return [one.slice(0, colon).trim().toLowerCase(), one.slice(colon + 1).trim()];
  });
  return Object.fromEntries(declarations);
}

export function unwrap(node) {
  node.replaceWith(...node.childNodes);
}

// What a node says, with each space that does not break as a plain one.
export function wordsOf(node) {
  return node.textContent.replaceAll("\u00a0", " ").replaceAll(EMPTY, "").trim();
}
