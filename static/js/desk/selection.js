// How many words are selected, in the line below.

const BETWEEN_WORDS = /[\s–—…/]+/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
// Scripts without spaces: about two characters are a word there.
const UNSPACED = /[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g;
const ADDRESS = /\]\([^)\s]*\)/g;

const field = document.getElementById("post_form").elements.source;
const place = document.querySelector("[data-status=selection]");

function countWords(text) {
  const words = text.replaceAll(ADDRESS, "]");
  const unspaced = words.match(UNSPACED)?.length ?? 0;
  const spaced = words.replaceAll(UNSPACED, " ").split(BETWEEN_WORDS).filter((word) => LETTER_OR_DIGIT.test(word));
  return spaced.length + Math.ceil(unspaced / 2);
}

function show() {
  const chosen = document.activeElement === field ? field.value.slice(field.selectionStart, field.selectionEnd) : "";
  const count = countWords(chosen);
  const text = count === 1 ? place.dataset.textOne : place.dataset.text.replace("{}", count);
  place.hidden = count === 0;
  if (place.textContent !== text) place.textContent = text;
}

document.addEventListener("selectionchange", show);
field.addEventListener("blur", show);
