// A story read aloud by the browser's own voice, sentence by sentence.

import { drawn } from "./drawn.js";
import { sentencesOf } from "./spoken.js";
import { attach } from "./styles.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const SPEED_KEY = "listening-speed";
const SPOKEN = ".story__title, .story__subtitle, .e-content";
const MARK = "listening";
const DRAWINGS = { pause: "M9 6v12M15 6v12", play: "M8.5 5.5 18 12l-9.5 6.5z", stop: "M7 7h10v10H7z" };

let player;

export async function listen(button) {
  player ??= new Player(button);
  await attach(button.dataset.styles);
  player.start();
}

class Player {
  #home;
  #sentences = [];
  #at = 0;
  #utterance = null;
  #isFollowing = true;
  #sheet = document.createElement("div");
  #said = document.createElement("p");
  #progress = document.createElement("progress");
  #speed = document.createElement("select");
  #toggle;

  constructor(home) {
    this.#home = home;
    const words = home.dataset;
    this.#sheet.className = "listen";
    this.#sheet.role = "group";
    this.#sheet.popover = "manual"; // over the page; in it, browsers differ about what it is fixed to
    this.#sheet.ariaLabel = home.querySelector("button").ariaLabel;
    this.#progress.ariaHidden = "true";
    this.#said.className = "visually-hidden";
    this.#said.role = "status";
    this.#toggle = way(() => (this.#utterance ? this.#pause() : this.#go()));
    const stop = way(() => this.#end());
    dress(stop, "stop", words.stop);
    this.#speed.ariaLabel = words.speed;
    this.#speed.append(...SPEEDS.map((speed) => new Option(`${speed}×`, speed)));
    this.#speed.value = SPEEDS.includes(storedSpeed()) ? storedSpeed() : 1;
    this.#speed.addEventListener("change", () => this.#changeSpeed());
    this.#sheet.append(this.#progress, this.#toggle, this.#speed, stop);
    home.append(this.#said);
    this.#attend();
  }

  start() {
    if (this.#sheet.isConnected) return this.#toggle.click();
    this.#sentences = sentencesOf([...document.querySelectorAll(SPOKEN)], this.#home.lang);
    this.#at = 0;
    this.#progress.max = this.#sentences.length;
    this.#home.append(this.#sheet);
    this.#sheet.showPopover?.();
    this.#toggle.focus();
    this.#go();
  }

  #attend() {
    addEventListener("pagehide", () => this.#utterance && this.#pause());
    // Whoever looks elsewhere is not called back, until the voice comes to where they look.
    for (const kind of ["wheel", "touchmove"]) {
      addEventListener(kind, () => (this.#isFollowing = false), { passive: true });
    }
  }

  #go() {
    this.#isFollowing = true;
    this.#show("pause");
    this.#say(this.#home.dataset.reading);
    this.#speak();
  }

  /** From the beginning of the sentence: not every browser can go on in the midst of one. */
  #speak() {
    const sentence = this.#sentences[this.#at];
    if (!sentence) return this.#end(this.#home.dataset.over);
    const utterance = new SpeechSynthesisUtterance(sentence.text);
    utterance.voice = voicesFor(this.#home.lang)[0] ?? null;
    utterance.lang = utterance.voice?.lang ?? this.#home.lang;
    utterance.rate = Number(this.#speed.value);
    utterance.onend = () => this.#isSaying(utterance) && this.#goOn();
    utterance.onerror = () => this.#isSaying(utterance) && this.#pause();
    this.#utterance = utterance;
    speechSynthesis.speak(utterance);
    this.#mark(sentence.range);
  }

  #goOn() {
    this.#at += 1;
    this.#speak();
  }

  #isSaying(utterance) {
    return this.#utterance === utterance;
  }

  #hush() {
    this.#utterance = null;
    speechSynthesis.cancel();
  }

  #pause() {
    this.#hush();
    this.#show("play");
    this.#say(this.#home.dataset.paused);
  }

  #end(words = "") {
    this.#hush();
    CSS.highlights?.delete(MARK);
    const hadFocus = this.#sheet.contains(document.activeElement);
    this.#sheet.remove();
    this.#say(words);
    if (hadFocus) this.#home.querySelector("button").focus({ preventScroll: true });
  }

  #changeSpeed() {
    try {
      localStorage.setItem(SPEED_KEY, this.#speed.value);
    } catch {
      // Not kept then, but heard.
    }
    if (!this.#utterance) return;
    this.#hush();
    this.#speak();
  }

  #mark(range) {
    this.#progress.value = this.#at;
    CSS.highlights?.set(MARK, new Highlight(range));
    const box = range.getBoundingClientRect();
    const isSeen = box.top > 0 && box.bottom < innerHeight * 0.8;
    if (isSeen) this.#isFollowing = true;
    if (isSeen || !this.#isFollowing) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollBy({ top: box.top - innerHeight * 0.3, behavior: isCalm ? "auto" : "smooth" });
  }

  #show(act) {
    dress(this.#toggle, act, this.#home.dataset[act]);
  }

  #say(words) {
    this.#said.textContent = words;
  }
}

const languageOf = (voice) => voice.lang.replace("_", "-").toLowerCase();

/** The voices that speak a language: those of its own region first, and those on the device. */
function voicesFor(language) {
  const wanted = language.toLowerCase();
  const worth = (voice) => 2 * (languageOf(voice) === wanted) + voice.localService;
  return speechSynthesis
    .getVoices()
    .filter((voice) => languageOf(voice).split("-")[0] === wanted.split("-")[0])
    .sort((one, other) => worth(other) - worth(one));
}

function storedSpeed() {
  try {
    return Number(localStorage.getItem(SPEED_KEY));
  } catch {
    return 0;
  }
}

function way(press) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "listen__way";
  button.addEventListener("click", press);
  return button;
}

function dress(button, act, name) {
  button.replaceChildren(drawn(DRAWINGS[act]));
  button.ariaLabel = name;
}
