// <response-composer>: around the real form, which works without it. Below the field, what is typed
// as readers will read it, written by the real renderer whenever the text has rested for a moment.

import { keepLater } from "./drafts.js";
import { Mentions } from "./mentions.js";

const ASK_AFTER_MS = 300;
const SWITCH = "response-preview";

const pieces = document.getElementById("composer-pieces");

class ResponseComposer extends HTMLElement {
  #form;
  #field;
  #button;
  #preview;
  #status;
  #timer = 0;
  #asking;
  #typed = 1; // which version of the text stands in the field …
  #shown = 0; // … and which one in the preview
  #hasSaid = false; // that there is one
  #isOn = wasOn();

  connectedCallback() {
    if (this.#form) return;
    this.addEventListener("focusin", () => this.#begin(), { once: true });
    if (this.contains(document.activeElement)) this.#begin();
  }

  /** A page may have hundreds of these: each begins when somebody comes to it. */
  #begin() {
    if (this.#form) return;
    this.#form = this.querySelector("form");
    this.#field = this.querySelector("textarea");
    this.#button = this.querySelector("[name=preview]");
    const { content } = pieces;
    this.#preview = this.querySelector(".composer__preview") ?? this.#piece(content, ".composer__preview");
    this.#status = this.#piece(content, ".composer__said");
    this.#preview.id ||= `preview-of-${this.#field.id || this.#form.elements.parent.value}`;
    this.querySelector(".composer__end").before(this.#preview, this.#status);
    new Mentions(this.#field, this.#piece(content, ".people"), this.#piece(content, ".people__said"), this.#place("people/"));
    this.#button.setAttribute("aria-controls", this.#preview.id);
    this.#button.addEventListener("click", (event) => this.#toggle(event));
    this.#field.addEventListener("input", () => this.#changed());
    this.#turn();
    this.#changed();
  }

  #piece(content, what) {
    return document.importNode(content.querySelector(what), true);
  }

  #place(what) {
    return new URL(what, new URL(pieces.dataset.place, location.href));
  }

  #toggle(event) {
    event.preventDefault();
    this.#isOn = !this.#isOn;
    remember(this.#isOn);
    this.#turn();
    if (this.#isOn) this.#ask();
    else if (this.#status.textContent === this.#status.dataset.shown) this.#say("");
  }

  #turn() {
    this.#button.ariaExpanded = String(this.#isOn);
    this.#preview.hidden = !this.#isOn || !this.#text().childNodes.length;
  }

  #text() {
    return this.#preview.querySelector(".response__text");
  }

  #changed() {
    this.#typed += 1;
    keepLater(this.#form, this.#field);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#isOn && this.#ask(), ASK_AFTER_MS);
  }

  // Only the newest text is shown: an older answer that comes late was called off.
  async #ask() {
    const version = this.#typed;
    if (this.#shown === version) return;
    this.#asking?.abort();
    const source = this.#field.value;
    if (!source.trim()) return this.#show("", version);
    const asking = (this.#asking = new AbortController());
    const body = new FormData();
    body.append("source", source);
    try {
      const answer = await fetch(this.#place("preview/"), {
        method: "POST",
        body,
        headers: { "X-CSRFToken": this.#form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
        signal: asking.signal,
      });
      const { html, error } = await answer.json();
      if (!answer.ok) throw new Refused(error);
      if (version > this.#shown) this.#show(html, version);
    } catch (error) {
      // Without a network the text is in the field all the same; sending says what is wrong.
      if (error instanceof Refused) this.#say(error.message);
    }
    return undefined;
  }

  // The HTML is the real renderer's, sanitised on the server.
  #show(html, version) {
    this.#shown = version;
    this.#text().innerHTML = html;
    this.#turn();
    // Said once, and not at every key: whoever wants to hear it goes there.
    const { dataset, textContent } = this.#status;
    if (html && !this.#hasSaid) this.#say(dataset.shown);
    else if (!html || textContent !== dataset.shown) this.#say("");
    this.#hasSaid ||= Boolean(html);
  }

  #say(words) {
    const { dataset, classList } = this.#status;
    this.#status.textContent = words;
    classList.toggle("visually-hidden", words === dataset.shown);
  }
}

class Refused extends Error {}

function wasOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

function remember(isOn) {
  try {
    if (isOn) localStorage.removeItem(SWITCH);
    else localStorage.setItem(SWITCH, "off");
  } catch {
    // Storage is switched off: until the next page, then.
  }
}

customElements.define("response-composer", ResponseComposer);
