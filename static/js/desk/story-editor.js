// <story-editor>: the text of a story, with buttons, pictures dropped or pasted into it, and a
// preview by the real renderer. Without scripts it is a text field.

import { COMMANDS, commandOf } from "./commands.js";
import { listenForEnter } from "./lists.js";
import { listenForPaste } from "./paste.js";
import { openLibrary } from "./picture-library.js";
import { Pictures } from "./pictures.js";
import { Preview } from "./preview.js";
import { block } from "./text.js";
import { makeToolbar } from "./toolbar.js";

const IS_PICTURE = /^image\//;

class StoryEditor extends HTMLElement {
  #field;
  #form;
  #pictures;

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
      this.#pictures.take([...target.files]);
      target.value = "";
    });
    const box = this.querySelector("[data-role=uploads]");
    this.#pictures = new Pictures(this.#field, box, this.dataset, (sentence) => this.#say(sentence));
    new Preview(this.#field, this.dataset, (sentence) => this.#say(sentence));
    // Until somebody puts the caret somewhere, a picture goes to the end.
    if (document.activeElement !== this.#field) {
      this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
    }
  }

  // The pictures on their way, for those who want one elsewhere than in the text.
  get pictures() {
    return this.#pictures;
  }

  // A sentence in the line below the text; an empty one takes the last away.
  #say(detail) {
    this.#form.dispatchEvent(new CustomEvent("desk:trouble", { detail }));
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
    else if (command === "library") this.#takeEarlier();
    else COMMANDS[command](this.#field, this.dataset);
  }

  async #takeEarlier() {
    const { selectionStart, selectionEnd } = this.#field;
    const chosen = await openLibrary();
    // A dialog that closes gives the focus back, and not always the caret.
    this.#field.setSelectionRange(selectionStart, selectionEnd);
    if (!chosen) return;
    block(this.#field, chosen.image_code);
    this.#form.dispatchEvent(new CustomEvent("desk:picture", { detail: chosen }));
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => IS_PICTURE.test(file.type));
    // A word processor puts a picture of the text beside the text; the text is what is meant.
    if (!files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    this.#pictures.take(files);
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
      this.#pictures.take([...event.dataTransfer.files]);
    });
  }
}

customElements.define("story-editor", StoryEditor);
