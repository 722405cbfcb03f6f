// A response that begins with a passage. Whoever has to sign in first finds the passage in the field afterwards.

const KEY = "quote";
const MARKS = /[\\`*_[\]<>]/g;
const LEADING = /^(#{1,6}|[-+]|\d+[.)])(?=\s)/;

/** Put the lines of a passage into the field, as a quotation; or take them along to sign in. */
export function respond(lines) {
  const field = document.getElementById("response-source");
  if (field) return quote(field, lines);
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, lines }));
  } catch {
    // Storage is switched off: the way in is the same, without the passage.
  }
  location.assign(wayIn().href);
  return undefined;
}

export function canRespond() {
  return Boolean(document.getElementById("response-source") ?? wayIn());
}

function wayIn() {
  return document.querySelector("#respond .way-in a");
}

/** Put the lines of a passage into a field, as a quotation after what stands there. */
export function quote(field, lines) {
  const quoted = lines.map((line) => `> ${line.replace(MARKS, "\\$&").replace(LEADING, "\\$1")}`).join("\n>\n");
  const before = field.value.trimEnd();
  field.value = `${before}${before && "\n\n"}${quoted}\n\n`;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  field.scrollIntoView({ block: "center" });
}

function takeUp() {
  const field = document.getElementById("response-source");
  if (!field) return;
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    if (kept?.path !== location.pathname) return;
    sessionStorage.removeItem(KEY);
    quote(field, kept.lines);
  } catch {
    // Storage is switched off: nothing came along.
  }
}

takeUp();
