// <clap-button>: one clap a click, about eight a second while held, up to 50, and a way back.
// Wraps the real form, which works without it. All buttons of one story on a page share one count.

const MAX_CLAPS = 50;
const HOLD_AFTER_MS = 350;
const HOLD_EVERY_MS = 125;
const SEND_AFTER_MS = 600;
const SAY_AFTER_MS = 900;
const BUBBLE_MS = 700;
const BOUNCE_MS = 180;

const stories = new Map();
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Refused extends Error {}

/** A reader's claps for one story: what the page shows, and what the server knows of it. */
class Applause extends EventTarget {
  given = 0; // since the reader last paused
  note = "";
  #url;
  #words;
  #mine;
  #known; // what the server said last: {mine, total}
  #token = "";
  #asking;
  #timer = 0;
  #pause = 0;
  #sending = false;

  static of(button) {
    const { url } = button.dataset;
    if (!stories.has(url)) stories.set(url, new Applause(button));
    return stories.get(url);
  }

  constructor(button) {
    super();
    const { url, mine, total, offline, failed } = button.dataset;
    this.#url = url;
    this.#words = { offline, failed };
    this.#known = { mine: Number(mine), total: Number(total) };
    this.#mine = this.#known.mine;
    this.#token = button.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    addEventListener("online", () => this.#isPending && this.#send());
    addEventListener("pagehide", () => this.#isPending && this.#send({ keepalive: true }));
    // Claps given earlier from this browser are not in the page, which is the same for everybody.
    if (!this.#token && document.cookie.includes("csrftoken=")) this.#whenLoaded(() => this.#ask());
  }

  get mine() {
    return this.#mine;
  }

  get total() {
    return this.#known.total - this.#known.mine + this.#mine;
  }

  get #isPending() {
    return this.#mine !== this.#known.mine;
  }

  give() {
    if (!this.#token) this.#ask();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#rest(), SAY_AFTER_MS);
    if (this.#mine < MAX_CLAPS) {
      this.#mine += 1;
      this.given += 1;
      this.note = "";
    }
    this.#tell("give");
    this.#sendSoon();
  }

  async withdraw() {
    clearTimeout(this.#timer);
    this.#mine = 0;
    this.given = 0;
    this.note = "";
    this.#tell("change");
    await this.#send();
    this.#tell("rest");
  }

  #rest() {
    this.given = 0;
    this.#tell("rest");
  }

  #sendSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), SEND_AFTER_MS);
  }

  /** Bring the server to what the page shows: one request for however many claps. */
  async #send({ keepalive = false } = {}) {
    clearTimeout(this.#timer);
    if (!this.#isPending || (this.#sending && !keepalive)) return;
    this.#sending = true;
    try {
      if (!this.#token) await this.#ask();
      const wanted = this.#mine;
      this.#learn(await this.#post(wanted, keepalive), wanted);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#sending = false;
    }
  }

  async #post(wanted, keepalive, isSecondTry = false) {
    const answer = await fetch(wanted ? this.#url : `${this.#url}withdrawal/`, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": this.#token },
      body: new URLSearchParams({ wanted }),
      keepalive,
    });
    if (answer.status === 403 && !isSecondTry) {
      // The page was open for longer than its token lives.
      await this.#ask();
      return this.#post(wanted, keepalive, true);
    }
    return this.#read(answer);
  }

  async #read(answer) {
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(said.error ?? "");
    return said;
  }

  /** The reader's own count, and the token that a clap needs. */
  #ask() {
    this.#asking ??= this.#askOnce().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askOnce() {
    const headers = { Accept: "application/json" };
    const request = fetch(`${this.#url}mine/`, { headers, cache: "no-store" });
    const said = await request.then((answer) => this.#read(answer)).catch(() => null);
    if (!said) return;
    this.#token = said.token;
    // Claps given while the question was on its way come on top of what was there.
    const added = this.#mine - this.#known.mine;
    this.#known = { mine: said.mine, total: said.total };
    this.#mine = Math.min(MAX_CLAPS, Math.max(0, said.mine + added));
    this.#tell("change");
  }

  #learn({ mine, total }, wanted) {
    const added = this.#mine - wanted;
    this.#known = { mine, total };
    this.#mine = Math.min(MAX_CLAPS, Math.max(0, mine + added));
    this.note = "";
    this.#tell("change");
    if (this.#isPending) this.#sendSoon();
  }

  #fail(error) {
    if (error instanceof Refused) {
      this.note = error.message || this.#words.failed;
      this.#mine = this.#known.mine;
    } else if (!navigator.onLine) {
      this.note = this.#words.offline; // kept, and sent when the line is back
    } else {
      this.note = this.#words.failed;
      this.#mine = this.#known.mine;
    }
    this.given = 0;
    this.#tell("change");
  }

  #whenLoaded(work) {
    if (document.readyState === "complete") work();
    else addEventListener("load", work, { once: true });
  }

  #tell(kind) {
    this.dispatchEvent(new Event(kind));
  }
}

class ClapButton extends HTMLElement {
  #applause;
  #button;
  #count;
  #undo;
  #bubble;
  #note;
  #timer = 0;
  #held = false;

  connectedCallback() {
    if (this.#button) return;
    this.#button = this.querySelector(".clap__button");
    this.#count = this.querySelector(".clap__count");
    this.#note = this.#make("p", "clap__note", (note) => this.after(note));
    this.#note.hidden = true;
    if (this.#button.ariaDisabled === "true") {
      this.#button.addEventListener("click", () => this.#say(this.dataset.own));
      return;
    }
    const hand = this.querySelector(".clap__hand");
    this.#bubble = this.#make("span", "clap__bubble", (bubble) => hand.append(bubble));
    this.#bubble.ariaHidden = "true";
    this.#undo = this.querySelector(".clap__undo").form;
    this.#applause = Applause.of(this);
    this.#listen();
    this.#show();
  }

  #make(tag, name, place) {
    const element = document.createElement(tag);
    element.className = name;
    place(element);
    return element;
  }

  #listen() {
    const applause = this.#applause;
    applause.addEventListener("change", () => this.#show());
    applause.addEventListener("give", () => this.#show());
    applause.addEventListener("rest", () => announce(this.#words()));

    const button = this.#button;
    button.form.addEventListener("submit", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      // A press that went on clapping by itself has had its claps.
      if (!this.#held) this.#give();
      this.#held = false;
    });
    button.addEventListener("pointerdown", (event) => event.button === 0 && this.#hold());
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault(); // the browser's own repeat is as fast as the reader's system says
      if (event.repeat) return;
      this.#give();
      this.#hold();
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) {
      button.addEventListener(end, () => clearTimeout(this.#timer));
    }
    button.addEventListener("keyup", (event) => {
      clearTimeout(this.#timer);
      if (event.key === " ") event.preventDefault();
      this.#held = false;
    });
    button.addEventListener("contextmenu", (event) => this.#held && event.preventDefault());

    this.#undo.addEventListener("submit", (event) => {
      event.preventDefault();
      applause.withdraw();
      button.focus();
    });
  }

  #hold() {
    this.#held = false;
    clearTimeout(this.#timer);
    const again = () => {
      this.#held = true;
      this.#give();
      if (this.#applause.mine < MAX_CLAPS) this.#timer = setTimeout(again, HOLD_EVERY_MS);
    };
    this.#timer = setTimeout(again, HOLD_AFTER_MS);
  }

  #give() {
    this.#applause.give();
    const { given, mine } = this.#applause;
    this.#bubble.textContent = given ? `+${given}` : mine;
    if (calm.matches) return;
    const hand = this.#button.querySelector(".icon");
    hand.animate({ scale: [1, 1.18, 1] }, { duration: BOUNCE_MS, easing: "ease-out" });
    for (const old of this.#bubble.getAnimations()) old.cancel();
    this.#bubble.animate(
      { opacity: [0, 1, 1, 0], translate: ["0 30%", "0 -10%", "0 -20%", "0 -70%"] },
      { duration: BUBBLE_MS, easing: "ease-out" },
    );
  }

  #show() {
    const { mine, total, note } = this.#applause;
    this.style.setProperty("--mine", mine);
    this.toggleAttribute("data-given", mine > 0);
    this.#count.textContent = compact(total);
    this.#button.ariaLabel = this.#words();
    this.#undo.hidden = mine === 0;
    this.#say(note);
  }

  #words() {
    const { mine, total } = this.#applause;
    const { saidOne, saidMany } = this.dataset;
    return (total === 1 ? saidOne : saidMany).replace("{total}", total).replace("{mine}", mine);
  }

  #say(note) {
    if (this.#note.textContent === note) return;
    this.#note.textContent = note;
    this.#note.hidden = !note;
    if (note) announce(note);
  }
}

/** 1234 → "1.2K", like the template filter of this name. */
function compact(count) {
  for (const [size, letter] of [[1e6, "M"], [1e3, "K"]]) {
    if (count < size) continue;
    const tenths = Math.floor((count * 10) / size);
    const isWhole = tenths >= 100 || tenths % 10 === 0;
    return (isWhole ? Math.floor(tenths / 10) : tenths / 10) + letter;
  }
  return String(count);
}

let region;

/** Say it once, politely, however many buttons the page has. */
function announce(words) {
  if (!region) {
    region = document.createElement("p");
    region.className = "visually-hidden";
    region.role = "status";
    document.body.append(region);
  }
  if (region.textContent !== words) region.textContent = words;
}

customElements.define("clap-button", ClapButton);
