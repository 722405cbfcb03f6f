// What waits, decided by single keys or by the buttons, without leaving the place.

const OPEN = ".waiting:not([data-state])";
const TYPING = ":read-write, select, dialog";

class ModerationQueue extends HTMLElement {
  #isBusy = false;
  #decided = []; // the articles, in the order of the decisions

  #keys = {
    j: () => this.#step(1),
    ArrowDown: () => this.#step(1),
    k: () => this.#step(-1),
    ArrowUp: () => this.#step(-1),
    a: () => this.#press("[value=approve]"),
    h: () => this.#press("[value=hide]"),
    s: () => this.#press("[value=spam]"),
    b: () => this.#unfold("ban"),
    r: () => this.#unfold("why"),
    u: () => this.#undoLast(),
  };

  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(event.target, event.submitter);
    });
    if (!("keys" in this.dataset)) return;
    document.addEventListener("keydown", (event) => this.#hear(event));
    // So that the first key acts on what one reads first.
    this.querySelector(OPEN)?.focus({ preventScroll: true });
  }

  #hear(event) {
    const { ctrlKey, metaKey, altKey, target, isComposing } = event;
    if (ctrlKey || metaKey || altKey || isComposing) return;
    const isTyping = target.closest(TYPING);
    if (isTyping && event.key === "Escape" && this.contains(target)) target.closest(".waiting")?.focus();
    const deed = this.#keys[event.key];
    if (!deed || isTyping || event.repeat) return;
    event.preventDefault();
    deed();
  }

  get #here() {
    return document.activeElement.closest?.(".waiting");
  }

  #step(by) {
    const all = [...this.querySelectorAll(".waiting")];
    const to = all[all.indexOf(this.#here) + by] ?? (this.#here ? undefined : all[0]);
    to?.focus();
  }

  #press(button) {
    const here = this.#here;
    if (here && !here.dataset.state) here.querySelector(`button${button}`)?.click();
  }

  #unfold(role) {
    const here = this.#here;
    const fold = here && !here.dataset.state && here.querySelector(`[data-role=${role}]`);
    if (!fold) return;
    fold.open = true;
    fold.querySelector("select").focus();
  }

  #undoLast() {
    const last = this.#decided.at(-1);
    const place = this.#here?.dataset.state === "decided" ? this.#here : (last ?? this);
    place.querySelector("[data-undo]")?.click();
  }

  async #send(form, button) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const place = form.closest(".waiting, [data-last]");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form, button),
        headers: { Accept: "application/json" },
      });
      if (!answer.headers.get("Content-Type")?.includes("json")) {
        const isOut = answer.redirected || answer.status === 403;
        this.#refuse(place, isOut ? this.dataset.textSignedOut : this.dataset.textFailed);
      } else this.#take(place, answer, await answer.json());
    } catch {
      this.#refuse(place, this.dataset.textFailed);
    }
    this.#isBusy = false;
  }

  #take(article, { status }, { said, html, seen, waiting, error }) {
    if (waiting) this.#count(waiting);
    if (error) {
      this.#refuse(article, error, [404, 409].includes(status));
    } else if ("last" in article.dataset) {
      location.reload(); // what it brings back has a place of its own
    } else if (html) {
      this.#show(article, "decided", html);
      this.#decided.push(article);
      this.#say(said);
      this.#goOn(article);
    } else {
      this.#decided = this.#decided.filter((one) => one !== article);
      article.querySelector("[name=seen]").value = seen;
      this.#show(article, "", "");
      this.#say(said);
      article.focus();
    }
  }

  #show(article, state, html) {
    if (state) article.dataset.state = state;
    else delete article.dataset.state;
    const done = article.querySelector("[data-role=done]");
    done.innerHTML = html; // a template of ours, filled on the server
    done.hidden = !html;
    article.querySelector("[data-role=body]").hidden = Boolean(state);
    article.querySelector("[data-role=trouble]").hidden = true;
  }

  #count(waiting) {
    const badge = document.querySelector("[data-waiting]");
    badge.hidden = waiting === "0";
    badge.firstElementChild.textContent = waiting;
  }

  // To the next that waits, or the nearest above; with none left, to the one that is done.
  #goOn(article) {
    const all = [...this.querySelectorAll(".waiting")];
    const isOpen = (one) => !one.dataset.state;
    const place = all.indexOf(article);
    const next = all.slice(place).find(isOpen) ?? all.slice(0, place).findLast(isOpen);
    (next ?? article).focus();
    if (!next) this.#say(`${this.#said.textContent} ${this.dataset.textNone}`);
  }

  #refuse(article, sentence, isOver = false) {
    if (isOver && !("last" in article.dataset)) this.#show(article, "overtaken", "");
    const trouble = article.querySelector("[data-role=trouble]");
    trouble.textContent = sentence;
    trouble.hidden = false;
    this.#say(sentence);
    article.focus();
  }

  get #said() {
    return this.querySelector("[data-role=said]");
  }

  #say(sentence) {
    this.#said.textContent = sentence;
  }
}

customElements.define("moderation-queue", ModerationQueue);
