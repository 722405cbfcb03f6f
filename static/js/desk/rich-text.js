// Formatted text of other programs as Markdown: cleaned of what they leave in it, then written.
// Nothing of it is ever shown or run: the document it is read into is no page.

import { collectNotes } from "./rich-notes.js";
import { buildLists } from "./rich-lists.js";
import { EMPTY, styleOf, unwrap } from "./rich-nodes.js";
import { write } from "./rich-writer.js";

const NEVER_TEXT = [
  "head, script, style, template, noscript, iframe, object, embed, svg, canvas, video, audio, link, meta, title, xml",
  "nav, button, select, textarea, input:not([type=checkbox]), [hidden], [aria-hidden=true]",
  // Word: comments, tracked deletions, fields. Google Docs: comments.
  "[data-style*='mso-element:comment'], [data-style*='mso-special-character:comment'], .MsoCommentReference",
  ".msocomanchor, .msocomoff, del[cite], del[datetime], .msoDel, [data-style*='mso-element:field']",
  "[data-style*='mso-hide:all'], sup:has(> a[id^=cmnt_ref]), div:has(> p > a[id^=cmnt])",
].join(", ");
const BLOCKS = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, pre, hr, dl, figure, section, article, details";
const FORMATS = "strong, em, del, sup, sub, mark, details, code, a[href], img, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre, hr, dl";
const INLINE = "span, font, b, strong, i, em, u, s, strike, del, ins, a, sup, sub, mark, small, big, label";
const OWN_PICTURE = /^\/media\/pictures\/[a-z0-9]{16}\/\d+\.(?:jpg|webp|avif)$/;
const FILE_NAME = /^\s*(?:image|img|picture|photo|screenshot)?[\w\s.-]*\.(?:png|jpe?g|gif|webp|svg)\s*$/i;
const MADE_BY_MACHINE = /\s*(?:Description automatically generated|AI-generated content may be incorrect|Beschreibung automatisch generiert)[^.]*\.?\s*$/i;
const MONOSPACE = /(?:courier|consolas|monaco|menlo|monospace|mono["',;]|mono$)/i;
const REDIRECTS = [
  ["https://www.google.com/url", "q"],
  ["https://medium.com/r/", "url"],
];
const DIVIDER = /^(?:(?:[*·•⁂#–—_-]\s*){3,}|⁂)$/;
const KEPT_SCHEMES = /^(?:https?:|mailto:)/i;
const DEEPEST_HEADING = 4;
const BOLD_FROM = 600;
const MOST_SIDE_SIGNS = 60; // what is above or below the line is short

// Markdown, and whether it is a block of its own; null when there is nothing formatted in it.
// `nextNote` gives the first number from one on that no footnote has yet.
export function toMarkdown(html, { nextNote }) {
  const { body } = new DOMParser().parseFromString(harmless(html), "text/html");
  for (const [name, style] of styledClasses(html)) {
    for (const one of body.getElementsByClassName(name)) one.dataset.style = `${style};${one.dataset.style ?? ""}`;
  }
  clean(body, nextNote);
  const paragraphs = [...body.querySelectorAll("p")].filter((one) => !isBlank(one));
  const isOneCode = body.children.length === 1 && body.firstElementChild.matches("pre");
  if (isOneCode || (!body.querySelector(FORMATS) && paragraphs.length < 2)) return null;
  const text = write(body);
  const isBlock = text.includes("\n") || Boolean(body.querySelector(`${BLOCKS.replace("p, div, ", "")}`));
  return { text, isBlock };
}

// Even a document that is never shown asks the security policy about its styles: they are read
// here by hand, under another name.
function harmless(html) {
  return html
    .replaceAll(/<(style|script|xml)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, "")
    .replaceAll(/<[a-z][^>]*>/gi, (tag) =>
      tag.replaceAll(/\sstyle\s*=/gi, " data-style=").replaceAll(/\son[a-z]+\s*=/gi, " data-on="),
    );
}

// A page that Google Docs has saved says what is bold by classes: .c1{font-weight:700}.
function styledClasses(html) {
  const sheets = [...html.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi)].map(([, sheet]) => sheet);
  return [...sheets.join("\n").matchAll(/\.(c\d+)\{([^}]*)\}/g)].map(([, name, style]) => [name, style]);
}

function clean(body, nextNote) {
  for (const one of body.querySelectorAll(NEVER_TEXT)) one.remove();
  for (const one of body.querySelectorAll("[data-style]")) if (styleOf(one).display === "none") one.remove();
  removeComments(body);
  collectNotes(body, nextNote);
  buildLists(body);
  for (const one of body.querySelectorAll("pre")) makeCode(one);
  for (const one of body.querySelectorAll("kbd, samp, tt")) rename(one, "code");
  for (const one of body.querySelectorAll("[role=separator]")) one.replaceWith(body.ownerDocument.createElement("hr"));
  for (const one of body.querySelectorAll("img")) describe(one);
  for (const one of body.querySelectorAll("a")) lead(one);
  for (const one of [...body.querySelectorAll(INLINE)].reverse()) nameStyle(one);
  join(body);
  tidyText(body);
  makeParagraphs(body);
  shiftHeadings(body);
  for (const one of body.querySelectorAll("table")) makeTable(one);
  for (const one of body.querySelectorAll("p")) if (DIVIDER.test(one.textContent.trim())) rename(one, "hr");
}

function removeComments(body) {
  const comments = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const one of found) one.remove();
}

function isBlank(node) {
  return !node.textContent.replaceAll(EMPTY, "").trim() && !node.querySelector?.("img, hr, input");
}

function rename(node, name) {
  const other = node.ownerDocument.createElement(name);
  other.append(...node.childNodes);
  node.replaceWith(other);
  return other;
}

// Code in lines, with its language where the page says it.
function makeCode(pre) {
  for (const br of pre.querySelectorAll("br")) br.replaceWith("\n");
  const named = [pre, pre.querySelector("code"), pre.parentElement].filter(Boolean);
  const names = named.map((one) => `${one.className} ${one.dataset.language ? `language-${one.dataset.language}` : ""}`);
  const [, language] = names.join(" ").match(/(?:language-|lang-|highlight-source-)([\w+#-]+)/) ?? [];
  const code = pre.ownerDocument.createElement("code");
  if (language) code.className = `language-${language.toLowerCase()}`;
  code.textContent = pre.textContent.replaceAll("\u00a0", " ").replace(/\n+$/, "");
  pre.replaceChildren(code);
}

// A picture of ours stays. One from elsewhere would load from there: its description stands for it.
function describe(img) {
  const { pathname, origin } = URL.canParse(img.getAttribute("src"), location.href)
    ? new URL(img.getAttribute("src"), location.href)
    : {};
  if (origin === location.origin && OWN_PICTURE.test(pathname)) {
    img.setAttribute("src", pathname);
    img.closest("figure")?.querySelector("figcaption")?.remove(); // it comes with the picture
    const picture = img.closest("picture");
    if (picture) picture.replaceWith(img);
    return;
  }
  const alt = (img.getAttribute("alt") ?? "").replace(MADE_BY_MACHINE, "").trim();
  const caption = img.closest("figure")?.querySelector("figcaption")?.textContent.trim();
  img.replaceWith(img.closest("a") || FILE_NAME.test(alt) || alt === caption ? "" : alt);
}

// Where a link leads in the end. Places within a document that stays behind are no links here.
function lead(a) {
  const href = direct(a.getAttribute("href") ?? "");
  const inner = a.querySelector("h1, h2, h3, h4, h5, h6");
  if (/^[#¶§]?$/.test(a.textContent.replaceAll(EMPTY, "").trim()) && !a.querySelector("img")) {
    a.remove();
  } else if (!KEPT_SCHEMES.test(href)) {
    unwrap(a);
  } else if (a.querySelector(BLOCKS)) {
    unwrap(a);
    if (!inner) return;
    const link = a.ownerDocument.createElement("a");
    link.append(...inner.childNodes);
    link.setAttribute("href", href);
    inner.append(link);
  } else {
    a.setAttribute("href", href);
    a.removeAttribute("title");
  }
}

function direct(href) {
  for (const [start, name] of REDIRECTS) {
    if (!href.startsWith(start)) continue;
    const target = new URL(href).searchParams.get(name);
    if (target) return target;
  }
  return href;
}

// Spans that look bold are bold; Google's <b> around everything is not.
function nameStyle(node) {
  const style = styleOf(node);
  const tag = node.localName;
  const weight = style["font-weight"];
  const names = [];
  if (weight ? weight === "bold" || weight === "bolder" || Number(weight) >= BOLD_FROM : /^(?:b|strong)$/.test(tag)) {
    names.push("strong");
  }
  const slant = style["font-style"];
  if (slant ? /italic|oblique/.test(slant) : /^(?:i|em)$/.test(tag)) names.push("em");
  const line = style["text-decoration"] ?? style["text-decoration-line"];
  if (/line-through/.test(line ?? "") || /^(?:s|strike|del)$/.test(tag)) names.push("del");
  const side = style["vertical-align"];
  const isFew = node.textContent.trim().length <= MOST_SIDE_SIGNS && !node.querySelector("[data-note], a");
  if (isFew && (tag === "sup" || side === "super")) names.push("sup");
  if (isFew && (tag === "sub" || side === "sub")) names.push("sub");
  if (tag === "mark") names.push("mark");
  if (MONOSPACE.test(style["font-family"] ?? "") && !node.closest("pre, code")) names.push("code");
  if (node.matches("a[href], [data-note]")) return;
  let inner = [...node.childNodes];
  if (names.includes("code")) inner = [node.textContent];
  if (!isBlank(node) && !node.querySelector(BLOCKS)) {
    for (const name of names.reverse()) {
      const around = node.ownerDocument.createElement(name);
      around.append(...inner);
      inner = [around];
    }
  }
  node.replaceWith(...inner);
}

// One word in three runs is one word: **fo**​**ur** becomes **four**.
function join(body) {
  body.normalize();
  for (const name of ["code", "del", "em", "strong", "sup", "sub", "mark"]) {
    for (const node of body.querySelectorAll(`${name} ${name}`)) unwrap(node);
    for (const node of body.querySelectorAll(name)) {
      let next = node.nextSibling;
      while (next?.nodeName === node.nodeName) {
        node.append(...next.childNodes);
        next.remove();
        next = node.nextSibling;
      }
    }
    body.normalize();
  }
  for (const node of body.querySelectorAll(":is(h1, h2, h3, h4, h5, h6) strong, :is(th) strong")) unwrap(node);
  body.normalize();
}

function tidyText(body) {
  const texts = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.closest("pre")) text.data = text.data.replaceAll("\u00a0", " ").replaceAll(EMPTY, "");
  }
}

// The neighbour of a node, leaving out the spaces between.
function beside(node, side) {
  let other = node[side];
  while (other?.nodeType === Node.TEXT_NODE && !other.data.trim()) other = other[side];
  return other;
}

// Two breaks in a row part paragraphs.
function splitAtBreaks(box) {
  const groups = [[]];
  for (const node of [...box.childNodes]) {
    const isBreak = node.localName === "br";
    if (isBreak && (beside(node, "previousSibling")?.localName === "br" || beside(node, "nextSibling")?.localName === "br")) {
      if (groups.at(-1).length > 0) groups.push([]);
    } else groups.at(-1).push(node);
  }
  if (groups.length < 2) return;
  const parts = groups.flatMap((nodes) => {
    if (nodes.some((node) => node.matches?.(BLOCKS))) return nodes;
    const p = box.ownerDocument.createElement("p");
    p.append(...nodes);
    return [p];
  });
  if (box.localName === "p") box.replaceWith(...parts);
  else box.replaceChildren(...parts);
}

// A line of its own is a paragraph; breaks that only make space are nothing.
function makeParagraphs(body) {
  for (const box of [body, ...body.querySelectorAll("p, div, section, article, blockquote")]) splitAtBreaks(box);
  for (const br of body.querySelectorAll("br")) {
    const sides = [beside(br, "previousSibling"), beside(br, "nextSibling")];
    if (sides.some((side) => !side || side.matches?.(BLOCKS) || side.localName === "br")) br.dataset.edge = "";
  }
  for (const br of body.querySelectorAll("br[data-edge]")) br.remove();
  for (const div of body.querySelectorAll("div, figcaption")) {
    if (!div.matches("[data-note-text]") && !div.querySelector(BLOCKS) && !div.closest("li, td, th, pre")) rename(div, "p");
  }
  for (const title of body.querySelectorAll("p.MsoTitle")) rename(title, "h1");
  for (const p of body.querySelectorAll("p.MsoQuote, p.MsoIntenseQuote")) quoted(p);
  for (const one of body.querySelectorAll("p[class*=pullquote], blockquote[class*=pullquote], aside.pull, aside.callout")) {
    const label = one.querySelector(":scope > .callout__label");
    const title = label?.querySelector("strong")?.textContent.trim() ?? "";
    label?.remove();
    rename(one, "div").dataset.aside = `${one.dataset.kind ?? "pull"} ${title}`.trim();
  }
  for (const card of body.querySelectorAll("p.embed")) card.textContent = card.querySelector("a").getAttribute("href");
  for (const p of body.querySelectorAll("li > p:only-of-type")) {
    const isAlone = [...p.parentElement.children].every((one) => one === p || one.matches("ul, ol, input"));
    if (isAlone) unwrap(p);
  }
  for (const one of body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, blockquote, figure")) if (isBlank(one)) one.remove();
}

function quoted(p) {
  const quote = p.ownerDocument.createElement("blockquote");
  p.replaceWith(quote);
  quote.append(p);
}

// The title of a story stands above its text: headings within begin at the second level.
function shiftHeadings(body) {
  const headings = [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")];
  const levels = headings.map((one) => Number(one.localName[1]));
  const shift = Math.max(0, 2 - Math.min(...levels));
  headings.forEach((one, index) => {
    const level = Math.min(levels[index] + shift, DEEPEST_HEADING);
    if (level !== levels[index]) rename(one, `h${level}`);
  });
}

// Rows of equal length, one line a cell, a head at the top.
function makeTable(table) {
  const rows = [...table.rows];
  const caption = table.caption && rename(table.caption, "p");
  if (caption) table.before(caption);
  if (rows.length === 0 || table.parentElement.closest("table")) {
    unwrap(table);
    return;
  }
  if (rows.length === 1 && rows[0].cells.length === 1) {
    table.replaceWith(...rows[0].cells[0].childNodes);
    return;
  }
  const document = table.ownerDocument;
  const cells = rows.map((row) => [...row.cells].flatMap((cell) => [cell, ...Array(Math.max(0, cell.colSpan - 1)).fill(null)]));
  const width = Math.max(...cells.map((row) => row.length));
  const made = document.createElement("table");
  const [head, inside] = [made.createTHead(), made.createTBody()];
  cells.forEach((row, index) => {
    const line = (index === 0 ? head : inside).insertRow();
    for (let column = 0; column < width; column += 1) {
      const cell = document.createElement(index === 0 ? "th" : "td");
      if (row[column]) fillCell(cell, row[column]);
      if (index === 0) for (const strong of cell.querySelectorAll("strong")) unwrap(strong);
      line.append(cell);
    }
  });
  table.replaceWith(made);
}

function fillCell(cell, from) {
  const sides = [from, ...from.querySelectorAll("p, div")].map((one) => one.dataset.align ?? styleOf(one)["text-align"] ?? one.align);
  const first = sides.find(Boolean);
  if (first && /^(?:center|right)$/.test(first)) cell.setAttribute("align", first);
  for (const br of from.querySelectorAll("br")) br.replaceWith(" ");
  for (const blockInside of [...from.querySelectorAll(BLOCKS)].reverse()) {
    if (blockInside.nextSibling) blockInside.after(" ");
    unwrap(blockInside);
  }
  cell.append(...from.childNodes);
}
