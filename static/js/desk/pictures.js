// Pictures on their way into the text. Each has a placeholder there at once, in the order in which
// they came, and a card below the text. The placeholder gives way to the picture, whichever of
// them arrives first; while there is none it shows readers nothing.

import { UploadCard } from "./upload-card.js";
import { UploadQueue } from "./upload-queue.js";
import { block, swap } from "./text.js";
import { upload } from "./upload.js";

const IS_PICTURE = /^image\//;
const HOLDER = /!\[([^\]\n]*)\]\(#uploading-([a-z0-9]{1,16})\)/g;
const MARK = "(#uploading-";
const LOOK_DELAY_MS = 500; // an undo that is under way leads through many states
const OF_THE_FILE = [400, 413]; // sent again, it would be refused again

export class Pictures {
  #field;
  #form;
  #words;
  #say;
  #box;
  #list;
  #queue = new UploadQueue(() => this.#count());
  #items = new Map(); // by key, what has a card
  #arrived = new Map(); // by key, what the server said
  #counts = { begun: 0, here: 0 };
  #timer = 0;
  #choosing;

  // `box` holds the cards, `words` are the sentences of the page, `say` shows one.
  constructor(field, box, words, say) {
    this.#field = field;
    this.#form = field.form;
    this.#box = box;
    this.#list = box.querySelector("ul");
    this.#words = words;
    this.#say = say;
    field.addEventListener("input", () => this.#lookLater());
    box.querySelector("[data-role=cancel-all]").addEventListener("click", () => this.#cancelAll());
    this.#again.addEventListener("change", ({ target }) => {
      const [file] = target.files;
      target.value = "";
      if (file && this.#choosing) this.#exchange(this.#choosing, file);
    });
    this.#look();
  }

  // Into the text, where the caret is.
  take(files) {
    const pictures = files.filter((one) => IS_PICTURE.test(one.type));
    const [other] = files.filter((one) => !IS_PICTURE.test(one.type));
    this.#say(other ? this.#words.textNoPicture.replace("{}", other.name) : "");
    if (pictures.length === 0) return;
    const items = pictures.map((file) => this.#item(file));
    for (const item of items) item.holder = this.#holderOf(item);
    block(this.#field, items.map((item) => item.holder).join("\n\n"));
    this.#begin(items);
  }

  // For another place than the text; `then` gets what the server says of it.
  takeAside(file, then) {
    this.#begin([{ ...this.#item(file), then }]);
  }

  #begin(items) {
    if (!this.#queue.isBusy) this.#counts = { begun: 0, here: 0 };
    this.#counts.begun += items.length;
    for (const item of items) {
      this.#addCard(item);
      this.#send(item);
    }
    this.#announce(counted(this.#words, "textSending", items.length));
    this.#count();
  }

  #item(file) {
    return { key: newKey(), name: file.name, file };
  }

  #holderOf({ key, name }) {
    return `![${this.#words.textUploading} ${name.replaceAll(/[[\]()\\\n]/g, "")} …](#uploading-${key})`;
  }

  #addCard(item) {
    const card = new UploadCard(this.#box.querySelector("template"), {
      cancel: () => this.#cancel(item),
      retry: () => this.#retry(item),
      choose: () => this.#choose(item),
      back: () => this.#putBack(item),
      remove: () => this.#remove(item),
    });
    card.show(item.name, item.file);
    item.card = card;
    this.#items.set(item.key, item);
    this.#list.append(card.element);
  }

  #send(item) {
    if (item.file.size > Number(this.#words.maxPictureBytes)) {
      this.#fail(item, "refused", this.#tooLarge(item.file));
      return;
    }
    item.card.say("waiting");
    item.work = () => this.#upload(item);
    this.#queue.add(item.work);
  }

  #tooLarge(file) {
    const tenths = Math.ceil((file.size * 10) / (1024 * 1024)) / 10;
    return this.#words.textTooLarge.replace("{}", tenths.toLocaleString(document.documentElement.lang || undefined));
  }

  async #upload(item) {
    item.control = new AbortController();
    item.card.say("sending");
    try {
      const answer = await upload(this.#field.dataset.markdownxUploadUrlsPath, item.file, this.#token, {
        onProgress: (share) => item.card.progress(share),
        signal: item.control.signal,
        offline: this.#words.textOffline,
      });
      this.#arrive(item, answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#fail(item, OF_THE_FILE.includes(error.status) ? "refused" : "failed", error.message);
    }
  }

  #arrive(item, answer) {
    this.#counts.here += 1;
    this.#arrived.set(item.key, answer);
    this.#drop(item);
    if (item.then) item.then(answer);
    else if (!this.#field.value.includes(item.holder)) return; // its writer took it out again
    if (item.holder) swap(this.#field, item.holder, answer.image_code);
    this.#form.dispatchEvent(new CustomEvent("desk:picture", { detail: answer }));
  }

  #fail(item, state, why) {
    item.card.say(state, why);
    this.#announce(`${item.name}: ${why}`);
    this.#count();
  }

  #cancel(item) {
    this.#queue.drop(item.work);
    item.control?.abort();
    this.#counts.begun -= 1;
    this.#remove(item);
  }

  #cancelAll() {
    for (const item of [...this.#items.values()]) if (item.card.isUnderWay) this.#cancel(item);
  }

  #retry(item) {
    this.#send(item);
    this.#count();
  }

  #choose(item) {
    this.#choosing = item;
    this.#again.click();
  }

  // Another file in the place of this one.
  #exchange(item, file) {
    this.#choosing = undefined;
    const before = item.holder;
    Object.assign(item, { name: file.name, file });
    if (before) {
      // As a new one: an undo may bring back the old.
      this.#items.delete(item.key);
      item.key = newKey();
      this.#items.set(item.key, item);
      item.holder = this.#holderOf(item);
      swap(this.#field, before, item.holder);
    }
    item.card.show(item.name, file);
    this.#retry(item);
  }

  #putBack(item) {
    const answer = this.#arrived.get(item.key);
    this.#drop(item);
    swap(this.#field, item.holder, answer.image_code);
  }

  #remove(item) {
    this.#drop(item);
    if (!item.holder) return;
    const { value } = this.#field;
    const whole = `${item.holder}\n\n`;
    swap(this.#field, value.includes(whole) ? whole : item.holder, "");
  }

  #drop(item) {
    const held = item.card.element.contains(document.activeElement);
    const next = item.card.element.nextElementSibling ?? item.card.element.previousElementSibling;
    item.card.remove();
    this.#items.delete(item.key);
    if (held) (next?.querySelector("[data-way]:not([hidden])") ?? this.#field).focus({ preventScroll: true });
    this.#count();
  }

  // Placeholders that nothing is under way for: of a page that was closed, or that an undo has
  // brought back.

  #lookLater() {
    if (!this.#field.value.includes(MARK) && this.#items.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), LOOK_DELAY_MS);
  }

  #look() {
    const { value } = this.#field;
    const found = new Map(Array.from(value.matchAll(HOLDER), (match) => [match[2], match]));
    for (const [key, [holder, says]] of found) if (!this.#items.has(key)) this.#meet(key, holder, says);
    for (const item of [...this.#items.values()]) {
      if (item.holder && !found.has(item.key) && !item.card.isUnderWay) this.#drop(item);
    }
    this.#count();
  }

  #meet(key, holder, says) {
    const before = `${this.#words.textUploading} `;
    const name = says.slice(says.startsWith(before) ? before.length : 0).replace(/ …$/, "");
    const item = { key, holder, name };
    this.#addCard(item);
    if (this.#arrived.has(key)) item.card.say("taken", this.#words.textTaken);
    else item.card.say("lost", this.#words.textLost);
  }

  #count() {
    const { begun, here } = this.#counts;
    const isBusy = this.#queue.isBusy;
    this.#box.hidden = this.#items.size === 0;
    const said = this.#box.querySelector("[data-role=uploads-count]");
    said.textContent = isBusy ? this.#words.textHere.replace("{}", here).replace("{all}", begun) : "";
    this.#box.querySelector("[data-role=cancel-all]").hidden = !isBusy || this.#items.size < 2;
    if (!isBusy && begun > 0 && here === begun) {
      this.#announce(counted(this.#words, "textAllHere", begun));
      this.#counts = { begun: 0, here: 0 };
    }
  }

  #announce(sentence) {
    this.#form.querySelector("[data-role=uploads-said]").textContent = sentence;
  }

  get #again() {
    return this.#form.querySelector("[data-role=again-file]");
  }

  get #token() {
    return this.#form.elements.csrfmiddlewaretoken.value;
  }
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => (byte % 36).toString(36)).join("");
}

function counted(words, name, count) {
  return count === 1 ? words[`${name}One`] : words[name].replace("{}", count);
}
