// <story-editor>: the text of a story, with buttons, pictures dropped or pasted into it, and a
// preview by the real renderer. Without scripts it is a text field.

import { COMMANDS, commandOf } from "./commands.js";
import { listenForEnter } from "./lists.js";
import { listenForPaste } from "./paste.js";
import { Preview } from "./preview.js";
import { block, swap } from "./text.js";
import { makeToolbar } from "./toolbar.js";
import { upload } from "./upload.js";

const IS_PICTURE = /^image\//;

class StoryEditor extends HTMLElement {
  #field;
  #form;

  connectedCallback() {
    this.#field = this.querySelector("textarea");
    this.#form = this.#field.form;
    this.addEventListener("click", (event) => this.#press(event));
    this.#field.addEventListener("keydown", (event) => this.#type(event));
    this.#field.addEventListener("paste", (event) => this.#paste(event));
    listenForPaste(this.#field);
    listenForEnter(this.#field);
    makeToolbar(this.querySelector("[role=toolbar]"));
    this.#listenForDrops();
    this.querySelector("[data-role=picture-file]").addEventListener("change", ({ target }) => {
      this.take([...target.files]);
      target.value = "";
    });
    new Preview(this.#field, this.dataset, (sentence) => this.#say(sentence));
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
    if (button) this.#do(button.dataset.command);
  }

  #type(event) {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    this.#do(command);
  }

  #do(command) {
    if (command === "picture") this.querySelector("[data-role=picture-file]").click();
    else COMMANDS[command](this.#field, this.dataset);
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
}

customElements.define("story-editor", StoryEditor);
