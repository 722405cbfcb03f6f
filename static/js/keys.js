// What single keys do: j and k from story to story, / to search, c to respond, ? for help.

const STORIES = "main .p-name > .u-url, main .aside__story";
const SEARCH = ".header__search";

const deeds = {
  j: () => step(1),
  k: () => step(-1),
  "/": search,
  c: respond,
  "?": async () => (await import("./help-dialog.js")).help(),
};

export function press(key) {
  deeds[key]();
}

function step(by) {
  const links = [...document.querySelectorAll(STORIES)].filter((link) => link.checkVisibility());
  const here = links.indexOf(document.activeElement);
  const below = links.findIndex((link) => link.getBoundingClientRect().top >= 0);
  const from = here >= 0 ? here + by : below - (by < 0 ? 1 : 0);
  const link = links[from];
  if (!link) return;
  link.focus({ focusVisible: true, preventScroll: true });
  link.scrollIntoView({ block: "nearest" });
}

function search() {
  const field = document.querySelector("main [type=search]");
  if (field) {
    field.focus();
    field.select();
    return;
  }
  const link = document.querySelector(SEARCH);
  if (link) location.assign(link.href);
}

function respond() {
  const way = document.querySelector("#response-source, #respond a");
  way?.focus({ focusVisible: true });
  way?.scrollIntoView({ block: "center" });
}
