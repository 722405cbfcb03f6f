// The session has ended, or somebody else signed in: asks to sign in again, in a small window or a
// tab, and goes on by itself once that is done.

import { renew, SomebodyElse } from "./ask.js";

const CHANNEL = "desk-signed-in";
const WINDOW = "popup,width=480,height=680";

const form = document.getElementById("post_form");
const notice = document.querySelector("[data-role=signed-out]");
const sentence = notice.querySelector("p");
const again = notice.querySelector("[data-role=sign-in]");
const change = notice.querySelector("[data-role=change-person]");

function ask(other) {
  const text = other ? notice.dataset.textOther.replace("{}", other) : notice.dataset.text;
  notice.hidden = false;
  again.hidden = Boolean(other);
  change.hidden = !other;
  if (sentence.textContent !== text) sentence.textContent = text;
}

async function goOn() {
  if (notice.hidden) return;
  try {
    await renew(form);
  } catch (error) {
    if (error instanceof SomebodyElse) ask(error.message);
    return;
  }
  notice.hidden = true;
  form.dispatchEvent(new CustomEvent("desk:signed-in"));
}

form.addEventListener("desk:signed-out", ({ detail }) => ask(detail.other));

for (const link of [again, change]) {
  link.addEventListener("click", (event) => {
    // A browser that lets no window open follows the link, into a tab.
    if (open(link.href, "longhand-sign-in", WINDOW)) event.preventDefault();
  });
}

new BroadcastChannel(CHANNEL).addEventListener("message", goOn);
addEventListener("focus", goOn);
