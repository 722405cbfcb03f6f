// One button that says what will happen: it follows the date beside it. Without scripts there are
// two. Of a story that is scheduled both stay: it can be moved, or go out at once.

const form = document.getElementById("publication_form");
const date = form.elements.published_at;
// The clock on the author's wall, as the server gave it; their computer may be elsewhere.
const clock = Date.parse(`${form.dataset.clock}Z`);

function isToCome(typed) {
  const now = new Date(clock + performance.now()).toISOString().slice(0, typed.length);
  return typed > now;
}

function follow(button) {
  const isLater = isToCome(date.value);
  button.name = isLater ? "_schedule" : "_publish";
  button.textContent = isLater ? form.dataset.textLater : form.dataset.textNow;
}

if (form.dataset.follows && form.dataset.clock) {
  form.querySelector("button[name=_schedule]").remove();
  const button = form.querySelector("button[name=_publish]");
  follow(button);
  date.addEventListener("input", () => follow(button));
  addEventListener("pageshow", () => follow(button));
}
