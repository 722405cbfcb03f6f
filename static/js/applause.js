// A reader's claps: what the page shows at once, and how the server learns of them.

const MOST = 50;
const SEND_AFTER_MS = 600;
const REST_AFTER_MS = 900;
const TRY_AGAIN_MS = 2000; // and twice as long after each try, up to a minute
const LONGEST_WAIT_MS = 60_000;
const MOST_RESPONSES = 400; // of which the server says in one answer how they are applauded

const CLAPS = ".clap form[action$='/claps/']";
const RESPONSE = /\/responses\/(\d+)\/claps\/$/;

const words = document.querySelector("#clap-words").dataset;
const all = new Map(); // by address
let token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
let asking;
let dress;

class Refused extends Error {}

/** One reader's claps for one thing. */
export class Applause extends EventTarget {
  static MOST = MOST;

  given = 0; // since the reader last paused
  note = "";
  #url;
  #mine;
  #known; // what the server said last: {mine, total}
  #isUndone = false; // all taken back, and the server has not heard of it; `mine` came after
  #unanswered = 0; // the claps that were asked for when no answer came (yet)
  #tries = 0;
  #timer = 0;
  #pause = 0;
  #isSending = false;

  constructor(url, { mine = 0, total = 0 }) {
    super();
    this.#url = url;
    this.#known = { mine: Number(mine), total: Number(total) };
    this.#mine = this.#known.mine;
  }

  get mine() {
    return this.#mine;
  }

  get total() {
    return this.#known.total - this.#known.mine + this.#mine;
  }

  get #isPending() {
    return this.#isUndone || this.#mine !== this.#known.mine;
  }

  give() {
    if (!token) ask();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#rest(), REST_AFTER_MS);
    if (this.#mine < MOST) {
      this.#mine += 1;
      this.given += 1;
      this.note = "";
    }
    this.#tell("change");
    this.#sendIn(SEND_AFTER_MS);
  }

  withdraw() {
    this.#mine = 0;
    this.#isUndone = true;
    this.given = 0;
    this.note = "";
    this.#tell("change");
    this.send();
    this.#tell("rest");
  }

  /** Bring the server to what the page shows: one request for however many claps. */
  async send() {
    clearTimeout(this.#timer);
    if (!this.#isPending || this.#isSending) return;
    if (!navigator.onLine) return this.#fail();
    this.#isSending = true;
    try {
      await alone(this.#url, () => this.#sendNow());
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isSending = false;
    }
    if (this.#isPending && !this.#tries) this.#sendIn(SEND_AFTER_MS);
  }

  async #sendNow() {
    // After a failure nobody knows what has arrived, or was given in another tab meanwhile.
    if (!token || this.#tries) await learnAnew();
    if (!this.#isPending) return;
    const wanted = this.#isUndone ? 0 : this.#mine;
    this.#unanswered = wanted;
    this.#learn(await post(this.#url, wanted), wanted);
  }

  /**
   * The page is being left. A beacon outlives it in every browser, which a fetch with `keepalive`
   * does not; it can carry no header, so the token stands in its form. Nobody reads the answer: who
   * comes back asks.
   */
  leave() {
    if (!this.#isPending || !token || !navigator.onLine) return;
    clearTimeout(this.#timer);
    const wanted = this.#isUndone ? 0 : this.#mine;
    if (this.#isSending && wanted === this.#unanswered) return;
    this.#unanswered = wanted;
    this.#tries ||= 1;
    const form = new URLSearchParams({ wanted, csrfmiddlewaretoken: token, leaving: 1 });
    navigator.sendBeacon(address(this.#url, wanted), form);
  }

  /** The server says how it stands, without having been told anything. */
  hear({ mine, total }) {
    // As many as were asked for: they have arrived, though no answer did.
    const arrived = this.#unanswered > 0 && mine >= this.#unanswered;
    const added = this.#mine - (arrived ? this.#unanswered : this.#known.mine);
    if (arrived) this.#unanswered = 0;
    this.#known = { mine, total };
    if (!this.#isUndone) this.#mine = bounded(mine + added);
    else if (mine === 0) this.#isUndone = false;
    this.#settle();
  }

  #learn({ mine, total }, wanted) {
    // More than was asked for: another tab gave them, and ours come on top.
    const base = mine > wanted ? this.#known.mine : wanted;
    const added = this.#mine - base;
    this.#known = { mine, total };
    if (wanted === 0) this.#isUndone = false;
    this.#mine = bounded(mine + added);
    this.#unanswered = 0;
    this.#tries = 0;
    this.#settle();
  }

  #settle() {
    if (!this.#isPending) this.#tries = 0;
    if (!this.#tries) this.note = "";
    this.#tell("change");
  }

  #fail(error) {
    this.given = 0;
    if (error instanceof Refused) {
      this.#mine = this.#known.mine;
      this.#isUndone = false;
      this.#unanswered = 0;
      this.#tries = 0;
      this.note = error.message || words.refused;
    } else {
      // Kept. `onLine` only says that there is some network, so it is not waited for alone.
      this.#sendIn(Math.min(TRY_AGAIN_MS * 2 ** this.#tries, LONGEST_WAIT_MS));
      this.#tries += 1;
      this.note = navigator.onLine ? words.failed : words.offline;
    }
    this.#tell("change");
  }

  #rest() {
    this.given = 0;
    this.#tell("rest");
  }

  #sendIn(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send(), ms);
  }

  #tell(kind) {
    this.dispatchEvent(new Event(kind));
  }
}

/** The claps for the thing that an element of the page is about. */
export function applause(root) {
  const url = new URL(root.querySelector(CLAPS).action).pathname;
  if (!all.has(url)) all.set(url, new Applause(url, root.dataset));
  return all.get(url);
}

/** `toDress` is called for each element of the page about something that the reader applauded. */
export function begin(toDress) {
  dress = toDress;
}

/** The reader's own claps for all that the page shows, and the token that a clap needs: its status. */
export function ask() {
  asking ??= askOnce().finally(() => (asking = undefined));
  return asking;
}

async function learnAnew() {
  await asking; // which may have been answered before another tab sent its claps
  check(await ask());
}

function check(status, said = {}) {
  if (status >= 400 && status < 500) throw new Refused(said.error ?? "");
  if (status !== 200) throw new Error(status);
}

async function askOnce() {
  const forms = [...document.querySelectorAll(CLAPS)];
  if (!forms.length) return 0; // a preview, or nothing but one's own
  const keys = forms.map((form) => RESPONSE.exec(form.action)?.[1]).filter(Boolean);
  const url = new URL(`${words.url}mine/`, location);
  if (keys.length) url.searchParams.set("responses", keys.slice(0, MOST_RESPONSES));
  const headers = { Accept: "application/json" };
  const answer = await fetch(url, { headers, cache: "no-store" }).catch(() => null);
  const said = answer?.ok && (await answer.json().catch(() => null));
  if (!said) return answer?.ok ? 0 : (answer?.status ?? 0);
  token = said.token;
  const of = (address) => (RESPONSE.test(address) ? said.responses[RESPONSE.exec(address)[1]] : said);
  for (const form of forms) if (of(form.action)?.mine) dress(form.closest(".clap"));
  for (const [address, claps] of all) if (of(address)) claps.hear(of(address));
  return answer.status;
}

function address(url, wanted) {
  return wanted ? url : `${url}withdrawal/`;
}

async function post(url, wanted, isSecondTry = false) {
  const answer = await fetch(address(url, wanted), {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": token },
    body: new URLSearchParams({ wanted }),
    keepalive: true,
  });
  if (answer.status === 403 && !isSecondTry) {
    // The page was open for longer than its token lives.
    await learnAnew();
    return post(url, wanted, true);
  }
  const said = await answer.json().catch(() => ({}));
  check(answer.status, said);
  return said;
}

/** One tab of this browser after the other, where it knows how. */
function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

function bounded(count) {
  return Math.min(MOST, Math.max(0, count));
}

const each = (work) => all.forEach((claps) => work(claps));

async function comeBack() {
  if (document.cookie.includes("csrftoken=")) await ask();
  each((claps) => claps.send());
}

addEventListener("online", () => each((claps) => claps.send()));
addEventListener("pagehide", () => each((claps) => claps.leave()));
addEventListener("pageshow", ({ persisted }) => persisted && comeBack());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) each((claps) => claps.leave());
  else comeBack();
});
