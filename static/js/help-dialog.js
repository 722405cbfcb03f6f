// The keys and the switches of this device, over whatever page one is on.

import { helpPage, piece } from "./reading-pieces.js";
import "./reading-switches.js";

const PARTS = ["keys", "device"];
let dialog;

export async function help() {
  if (document.getElementById(PARTS[0]) && !dialog) {
    location.hash = PARTS[0]; // the page of help itself
    return;
  }
  dialog ??= await make();
  if (!dialog.open) dialog.showModal();
}

async function make() {
  const page = await helpPage();
  const made = await piece("help-dialog");
  const parts = PARTS.map((id) => document.importNode(page.getElementById(id), true));
  made.querySelector(".help").append(...parts);
  made.querySelector(".help-dialog__close").addEventListener("click", () => made.close());
  made.addEventListener("click", (event) => event.target === made && made.close());
  document.body.append(made);
  return made;
}
