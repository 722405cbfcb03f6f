// <story-editor>: the text of a story, with buttons, pictures dropped or pasted into it, and a
// preview by the real renderer. Without scripts it is a text field.

import { COMMANDS, commandOf } from "./commands.js";
import { block, swap } from "./text.js";
import { upload } from "./upload.js";

const PREVIEW_DELAY_MS = 160;
const IS_PICTURE = /^image\//;

class StoryEditor extends HTMLElement {
  #field;
  #form;
  #timer = 0;
  #asking;
  #typed = 1; // which version of the text stands in the field …
  #shown = 0; // … and which one in the preview

  connectedCallback() {
    this.#field = this.querySelector("textarea");
    this.#form = this.#field.form;
    this.addEventListener("click", (event) => this.#press(event));
    this.#field.addEventListener("keydown", (event) => this.#type(event));
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("paste", (event) => this.#paste(event));
    this.#field.addEventListener("scroll", () => this.#follow());
    this.#listenForDrops();
    this.querySelector("[data-role=picture-file]").addEventListener("change", ({ target }) => {
      this.take([...target.files]);
      target.value = "";
    });
    this.#form.addEventListener("desk:view", () => this.#preview());
    this.#form.addEventListener("input", ({ target }) => {
      if (["title", "subtitle"].includes(target.name)) this.#mirror();
      if (target.name === "language") this.#changed();
    });
    this.#preview();
    // Until somebody puts the caret somewhere, a picture goes to the end.
    if (document.activeElement !== this.#field) {
      this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
    }
  }

  // Uploads pictures and puts each where the caret is.
  async take(files) {
    for (const file of files.filter((one) => IS_PICTURE.test(one.type))) await this.#place(file);
  }

  // Uploads one picture; `into` gets what the server says of it.
  async send(file, into) {
    if (file.size > Number(this.dataset.maxPictureBytes)) {
      into(null);
      this.#say(`${file.name}: ${this.dataset.textTooLarge}`);
      return;
    }
    const row = this.#row(file);
    const control = new AbortController();
    row.querySelector("button").addEventListener("click", () => control.abort());
    this.#say("");
    try {
      const answer = await upload(this.#field.dataset.markdownxUploadUrlsPath, file, this.#token, {
        onProgress: (share) => row.querySelector("progress").setAttribute("value", share),
        signal: control.signal,
        offline: this.dataset.textOffline,
      });
      into(answer);
      this.#form.dispatchEvent(new CustomEvent("desk:picture", { detail: answer }));
    } catch (error) {
      into(null);
      if (error.name === "AbortError") return;
      this.#say(`${file.name}: ${error.message}`);
    } finally {
      row.remove();
    }
  }

  // A sentence in the line below the text; an empty one takes the last away.
  #say(detail) {
    this.#form.dispatchEvent(new CustomEvent("desk:trouble", { detail }));
  }

  get #token() {
    return this.#form.elements.csrfmiddlewaretoken.value;
  }

  async #place(file) {
    const name = file.name.replaceAll(/[[\]()\\]/g, "");
    const holder = `![${this.dataset.textUploading} ${name} …]()`;
    block(this.#field, holder);
    await this.send(file, (answer) => swap(this.#field, holder, answer?.image_code ?? ""));
  }

  #row(file) {
    const row = document.createElement("li");
    row.className = "editor__upload";
    const name = document.createElement("span");
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", file.name);
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "link";
    stop.textContent = "×";
    stop.setAttribute("aria-label", `× ${file.name}`);
    row.append(name, bar, stop);
    this.querySelector("[data-role=uploads]").append(row);
    return row;
  }

  #press(event) {
    const button = event.target.closest("[data-command]");
    if (button) COMMANDS[button.dataset.command](this.#field, this.dataset);
  }

  #type(event) {
    if (event.ctrlKey && event.altKey && event.code === "KeyP") {
      event.preventDefault();
      this.querySelector("[data-role=picture-file]").click();
      return;
    }
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    COMMANDS[command](this.#field, this.dataset);
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => IS_PICTURE.test(file.type));
    // A word processor puts a picture of the text beside the text; the text is what is meant.
    if (!files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    this.take(files);
  }

  #listenForDrops() {
    const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    this.addEventListener("dragover", (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      this.dataset.state = "over";
    });
    this.addEventListener("dragleave", () => delete this.dataset.state);
    this.addEventListener("drop", (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      delete this.dataset.state;
      this.take([...event.dataTransfer.files]);
    });
  }

  #changed() {
    this.#typed += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#preview(), PREVIEW_DELAY_MS);
  }

  #mirror() {
    for (const name of ["title", "subtitle"]) {
      const shown = document.querySelector(`[data-preview=${name}]`);
      const text = this.#form.elements[name].value;
      shown.textContent = text;
      shown.hidden = !text;
    }
  }

  // Only the newest text is shown: an older answer that comes late was called off.
  async #preview() {
    this.#mirror();
    const version = this.#typed;
    if (this.#shown === version) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const body = new FormData();
    body.append("content", this.#field.value);
    body.append("language", this.#form.elements.language.value);
    try {
      const response = await fetch(this.#field.dataset.markdownxUrlsPath, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": this.#token, Accept: "application/json" },
        signal: asking.signal,
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      this.#shown = version;
      this.#show(answer);
      this.#say("");
    } catch (error) {
      if (error.name === "AbortError") return;
      const isOffline = error instanceof TypeError || error instanceof SyntaxError;
      this.#say(isOffline ? this.dataset.textOffline : error.message);
    }
  }

  #show(answer) {
    const shown = document.querySelector("[data-preview=body]");
    shown.innerHTML = answer.html; // the real renderer's, sanitised on the server
    shown.lang = this.#form.elements.language.value;
    this.#form.dispatchEvent(new CustomEvent("desk:counts", { detail: answer }));
    this.#follow();
  }

  // The preview stands at about the same part of the story as the text.
  #follow() {
    const pane = document.querySelector(".writing__preview");
    const { scrollTop, scrollHeight, clientHeight } = this.#field;
    if (scrollHeight <= clientHeight) return;
    const share = scrollTop / (scrollHeight - clientHeight);
    pane.scrollTop = share * (pane.scrollHeight - pane.clientHeight);
  }
}

customElements.define("story-editor", StoryEditor);
