// A clean document as Markdown, by turndown, with the marks that the buttons above the text make.

import TurndownService from "../../vendor/turndown/turndown.js";
import { tables, taskListItems } from "../../vendor/turndown-plugin-gfm/turndown-plugin-gfm.js";

const ESCAPES = [
  [/\\(?=[!-/:-@[-`{-~])/g, "\\\\"],
  [/(?<!\s)\*|\*(?!\s)/g, "\\*"],
  [/`/g, "\\`"],
  [/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_"],
  [/\[(?=[^\]]*\](?:\(|\[|:)|\^|[ xX]\] )/g, "\\["],
  [/<(?=[a-z][a-z0-9+.-]*:|[^\s<>]+@[^\s<>]+>)/gi, "\\<"],
  [/&(?=#?\w+;)/g, "\\&"],
  [/~~/g, "\\~~"],
  [/(?<![\\~])~(?=[^\s~]+~)/g, "\\~"],
  [/\^(?=[^\s^]+\^)/g, "\\^"],
  [/==(?=\S[^=]*==)/g, "\\=="],
];
const BLOCK_MARK = /^(?=(?:[-+*]|#{1,6}|:)(?:\s|$)|>|:{3}|~{3}|=+\s*$|-{3,}\s*$|\|)/;
const NUMBER_MARK = /^(\d{1,9})(?=[.)](?:\s|$))/;

export function write(body) {
  return writer().turndown(body).replaceAll(/\n{3,}/g, "\n\n");
}

function escape(text) {
  return ESCAPES.reduce((written, [pattern, by]) => written.replaceAll(pattern, by), text);
}

// What would begin a list or a heading, at the start of a line of words.
function escapeStarts(content) {
  return content.replaceAll(/^.+$/gm, (line) => line.replace(BLOCK_MARK, "\\").replace(NUMBER_MARK, "$1\\"));
}

function indented(content, columns) {
  return content.replaceAll(/\n(?=[^\n])/g, `\n${" ".repeat(columns)}`);
}

function writeItem(content, node) {
  const list = node.parentElement;
  const start = Number(list.getAttribute("start") ?? 1);
  const place = [...list.children].filter((one) => one.localName === "li").indexOf(node);
  const mark = list.localName === "ol" ? `${start + place}. ` : "- ";
  const words = content.trim();
  const isWords = node.firstChild?.nodeType === Node.TEXT_NODE;
  const isLoose = node.querySelector(":scope > p");
  const written = isWords && !isLoose ? words.replace(/^.*/, escapeStarts) : words;
  return mark + indented(written, mark.length) + (node.nextElementSibling ? (isLoose ? "\n\n" : "\n") : "");
}

function quoteMark(_none, first) {
  return first ? "> " : ">";
}

function writer() {
  const service = new TurndownService({
    headingStyle: "atx",
    hr: "* * *",
    bulletListMarker: "-",
    codeBlockStyle: "fenced",
    emDelimiter: "*",
    br: "\\",
  });
  service.escape = escape;
  service.use([tables, taskListItems]);
  const rules = {
    paragraph: { filter: "p", replacement: (content) => `\n\n${escapeStarts(content.trim())}\n\n` },
    item: { filter: "li", replacement: writeItem },
    strike: { filter: "del", replacement: (content) => `~~${content}~~` },
    above: { filter: "sup", replacement: (content) => aside("^", content) },
    below: { filter: "sub", replacement: (content) => aside("~", content) },
    mark: { filter: "mark", replacement: (content) => (content.trim() ? `==${content}==` : content) },
    summary: { filter: "summary", replacement: () => "" },
    details: {
      filter: "details",
      replacement: (content, node) => {
        const words = node.querySelector("summary")?.textContent.trim().replaceAll(/\s+/g, " ") ?? "";
        return `\n\n::: ${`details ${words}`.trim()}\n${content.trim()}\n:::\n\n`;
      },
    },
    cell: { filter: ["th", "td"], replacement: writeCell },
    link: {
      filter: (node) => node.localName === "a" && node.getAttribute("href"),
      replacement: (content, node) => (content.trim() ? `[${content}](${destination(node.getAttribute("href"))})` : ""),
    },
    address: {
      filter: (node) => node.localName === "a" && node.textContent === node.getAttribute("href"),
      replacement: (_content, node) => `<${node.getAttribute("href")}>`,
    },
    quote: { filter: "blockquote", replacement: (content) => `\n\n${content.trim().replaceAll(/^(?=(.?))/gm, quoteMark)}\n\n` },
    term: { filter: "dt", replacement: (content) => `\n\n${content.trim()}\n` },
    meaning: { filter: "dd", replacement: (content) => `\n: ${indented(content.trim(), 2)}\n` },
    note: { filter: (node) => node.dataset?.note, replacement: (_content, node) => `[^${node.dataset.note}]` },
    noteText: {
      filter: (node) => node.dataset?.noteText,
      replacement: (content, node) => `\n\n[^${node.dataset.noteText}]: ${indented(content.trim(), 4)}\n\n`,
    },
    aside: {
      filter: (node) => node.dataset?.aside,
      replacement: (content, node) => `\n\n::: ${node.dataset.aside}\n${content.trim()}\n:::\n\n`,
    },
  };
  for (const [name, rule] of Object.entries(rules)) service.addRule(name, rule);
  return service;
}

// A few letters above or below the line, which may have no bare spaces.
function aside(sign, content) {
  const plain = content.trim().replaceAll(/\\?([\^~[\]])/g, "\\$1").replaceAll(/\s+/g, "\\ ");
  return plain ? `${sign}${plain}${sign}` : "";
}

function writeCell(content, node) {
  const words = content.trim().replaceAll(/\s*\n\s*/g, " ").replaceAll("|", "\\|");
  return `${node.previousElementSibling ? "" : "|"} ${words} |`;
}

function destination(href) {
  return /[\s()<>]/.test(href) ? `<${href.replaceAll(/[<>]/g, encodeURIComponent)}>` : href;
}
