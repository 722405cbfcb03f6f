// The page of help holds, in templates, what scripts put into other pages, with its words and its style.

import { attach } from "./styles.js";

const HELP = "/help/";

let page;

/** The page of help, and its stylesheet in this page. Asked for once. */
export function helpPage() {
  page ??= load().catch((error) => {
    page = undefined;
    throw error;
  });
  return page;
}

/** A piece of it, ready to be put in. */
export async function piece(id) {
  const { content } = (await helpPage()).getElementById(id);
  return document.importNode(content, true).firstElementChild;
}

async function load() {
  const answer = await fetch(HELP);
  if (!answer.ok) throw new Error(answer.statusText);
  const help = new DOMParser().parseFromString(await answer.text(), "text/html");
  const style = help.querySelector("link[data-for=reading]").getAttribute("href");
  if (!(await attach(style))) throw new Error(style);
  return help;
}
