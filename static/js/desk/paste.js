// What is pasted into the text: an address onto words becomes a link, a formatted text becomes
// Markdown. One undo takes either back.

import { freeNote } from "./commands.js";
import { isInFence } from "./lists.js";
import { block, replace, type } from "./text.js";

const IS_ADDRESS = /^(?:https?:\/\/|mailto:)[^\s<>]+$/;
const OWN_FORMATS = ["vscode-editor-data"]; // programs for code say so, and mean it as it stands

export function listenForPaste(field) {
  let isPlain = false;
  // Ctrl+Shift+V: not every browser leaves the formatting out by itself.
  field.addEventListener("keydown", (event) => {
    isPlain = event.shiftKey && (event.ctrlKey || event.metaKey);
  });
  field.addEventListener("keyup", () => {
    isPlain = false;
  });
  field.addEventListener("paste", (event) => {
    if (event.defaultPrevented || !event.clipboardData) return;
    if (isInFence(field.value, field.selectionStart)) return;
    const plain = event.clipboardData.getData("text/plain").replaceAll(/\r\n?/g, "\n");
    if (!isPlain && link(field, plain.trim())) {
      event.preventDefault();
      return;
    }
    const html = event.clipboardData.getData("text/html");
    const isCode = OWN_FORMATS.some((name) => event.clipboardData.types.includes(name));
    if (!html || isPlain || isCode) return;
    event.preventDefault();
    rich(field, html, plain);
  });
}

// An address pasted onto words: the words stay and lead there.
function link(field, address) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const words = value.slice(start, end);
  if (!IS_ADDRESS.test(address) || !words.trim() || words.includes("\n") || IS_ADDRESS.test(words)) return false;
  const target = /[()]/.test(address) ? `<${address}>` : address;
  replace(field, start, end, `[${words}](${target})`);
  return true;
}

async function rich(field, html, plain) {
  let markdown = null;
  try {
    const { toMarkdown } = await import("./rich-text.js");
    markdown = toMarkdown(html, { nextNote: (from) => freeNote(field.value, from) });
  } catch {
    // No way to the server, or a text that nobody can read: the words alone are pasted.
  }
  if (markdown === null) type(field, plain);
  else if (markdown.isBlock) block(field, markdown.text);
  else type(field, markdown.text);
}
