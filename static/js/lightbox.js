// The pictures of a story in a window of their own: one at a time, as large as there is room.

import { drawn } from "./drawn.js";
import { attach } from "./styles.js";

const SWIPE_PX = 48;
const DOUBLE_TAP_MS = 320;
const DRAWINGS = {
  close: "M6 6l12 12M18 6 6 18",
  zoom: "M15.5 15.5 20 20M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM10.5 8v5M8 10.5h5",
  previous: "M14.5 5.5 8 12l6.5 6.5",
  next: "M9.5 5.5 16 12l-6.5 6.5",
};

let lightbox;

export async function show(story, frame) {
  lightbox ??= new Lightbox(story);
  await attach(story.dataset.lightbox);
  lightbox.open(frame);
}

class Lightbox {
  #story;
  #frames;
  #at = 0;
  #dialog = element("dialog", "lightbox");
  #place = element("p", "lightbox__place");
  #said = element("p", "visually-hidden");
  #stage = element("div", "lightbox__stage");
  #words = element("div", "lightbox__words body");
  #zoom;
  #down = null;
  #tappedAt = 0;

  constructor(story) {
    this.#story = story;
    this.#frames = [...story.querySelectorAll(".figure__frame:has(> button)")];
    this.#zoom = this.#button("zoom", () => this.#toggleZoom());
    this.#dialog.tabIndex = -1;
    this.#place.ariaHidden = "true";
    this.#place.dir = "auto";
    this.#said.role = "status";
    this.#stage.role = "group";
    const bar = element("div", "lightbox__bar");
    bar.append(this.#place, this.#zoom, this.#button("close", () => this.#close()));
    this.#dialog.append(bar, this.#stage, this.#words, this.#said);
    if (this.#frames.length > 1) {
      this.#words.before(
        this.#button("previous", () => this.#go(-1)),
        this.#button("next", () => this.#go(1)),
      );
    }
    this.#listen();
    story.append(this.#dialog);
  }

  open(frame) {
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.#dialog.focus();
    this.#show(this.#frames.indexOf(frame));
  }

  #button(act, press) {
    const button = element("button", "lightbox__way");
    button.type = "button";
    button.dataset.act = act;
    button.ariaLabel = this.#story.dataset[act];
    button.append(drawn(DRAWINGS[act]));
    button.addEventListener("click", press);
    return button;
  }

  #listen() {
    this.#dialog.addEventListener("click", (event) => this.#press(event));
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#close();
    });
    this.#dialog.addEventListener("close", () => this.#comeBack()); // by what cannot be called off
    this.#stage.addEventListener("pointerdown", (event) => this.#touch(event));
    this.#stage.addEventListener("pointerup", (event) => this.#release(event));
    this.#stage.addEventListener("pointercancel", () => (this.#down = null));
    // What has been pinched larger is moved about with one finger, and not swiped away.
    visualViewport?.addEventListener("resize", () => {
      this.#dialog.toggleAttribute("data-pinched", isPinched());
    });
  }

  #show(index) {
    this.#at = index;
    const frame = this.#frames[index];
    const picture = enlarged(frame.querySelector("picture"));
    this.#unzoom();
    this.#stage.replaceChildren(picture);
    this.#stage.ariaLabel = picture.lastElementChild.alt;
    const caption = frame.parentElement.querySelector("figcaption")?.cloneNode(true) ?? "";
    this.#words.replaceChildren(caption);
    this.#words.lang = frame.closest("[lang]").lang;
    this.#tell(picture.lastElementChild.alt);
  }

  #tell(alt) {
    const place = this.#story.dataset.place
      .replace("{n}", this.#at + 1)
      .replace("{total}", this.#frames.length);
    this.#dialog.ariaLabel = place;
    this.#place.textContent = this.#frames.length > 1 ? place : "";
    this.#said.textContent = alt ? `${place}: ${alt}` : place;
  }

  #go(step) {
    const count = this.#frames.length;
    this.#show((this.#at + step + count) % count);
  }

  #press(event) {
    if (event.target.matches("img")) {
      if (event.pointerType !== "touch") this.#toggleZoom(event);
    } else if (!event.target.closest("button, a, figcaption")) {
      this.#close();
    }
  }

  #key(event) {
    event.stopPropagation(); // the page below has keys of its own
    const forward = getComputedStyle(this.#story).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (!event.key.startsWith("Arrow") || this.#isZoomed || event.altKey || event.metaKey) return;
    if (this.#frames.length < 2 || !/Left|Right/.test(event.key)) return;
    event.preventDefault();
    this.#go(event.key === forward ? 1 : -1);
  }

  #touch(event) {
    this.#down = event.isPrimary && event.pointerType === "touch" ? event : null;
  }

  #release(event) {
    const down = this.#down;
    this.#down = null;
    if (!down || isPinched()) return;
    const across = event.clientX - down.clientX;
    const along = event.clientY - down.clientY;
    if (Math.hypot(across, along) < SWIPE_PX) this.#tap(event);
    else if (!this.#isZoomed) this.#swipe(across, along);
  }

  #swipe(across, along) {
    if (Math.abs(along) > Math.abs(across)) {
      if (along > 0) this.#close();
    } else if (this.#frames.length > 1) {
      const forward = getComputedStyle(this.#story).direction === "rtl" ? 1 : -1;
      this.#go(Math.sign(across) === forward ? 1 : -1);
    }
  }

  #tap(event) {
    if (!event.target.matches("img")) return;
    const isDouble = event.timeStamp - this.#tappedAt < DOUBLE_TAP_MS;
    this.#tappedAt = isDouble ? 0 : event.timeStamp;
    if (isDouble) this.#toggleZoom(event);
  }

  get #isZoomed() {
    return this.#stage.hasAttribute("data-zoomed");
  }

  /** Larger around the place that was pressed, or around the middle. */
  #toggleZoom(event) {
    const image = this.#stage.querySelector("img");
    if (this.#isZoomed) return this.#unzoom();
    const before = image.getBoundingClientRect();
    const across = event ? (event.clientX - before.x) / before.width : 0.5;
    const along = event ? (event.clientY - before.y) / before.height : 0.5;
    this.#stage.toggleAttribute("data-zoomed", true);
    this.#stage.tabIndex = 0;
    this.#zoom.ariaPressed = "true";
    for (const part of this.#stage.querySelectorAll("[sizes]")) part.sizes = `${image.width}px`;
    const [after, stage] = [image, this.#stage].map((one) => one.getBoundingClientRect());
    this.#stage.scrollBy(
      after.x + across * after.width - (stage.x + stage.width / 2),
      after.y + along * after.height - (stage.y + stage.height / 2),
    );
    if (!event) this.#stage.focus();
  }

  #unzoom() {
    this.#stage.removeAttribute("data-zoomed");
    this.#stage.removeAttribute("tabindex");
    this.#zoom.ariaPressed = "false";
    this.#stage.scrollTo(0, 0);
  }

  #close() {
    this.#dialog.close();
    this.#comeBack(); // at once: the event comes later, when the next key may have moved on
  }

  #comeBack() {
    if (this.#dialog.open || !this.#stage.hasChildNodes()) return;
    this.#unzoom();
    this.#stage.replaceChildren();
    this.#frames[this.#at].querySelector(".figure__enlarge").focus();
  }
}

/** The same files, of which the browser takes one that fits; until it is there, the small one. */
function enlarged(small) {
  const picture = small.cloneNode(true);
  const image = picture.lastElementChild;
  const [width, height] = ["width", "height"].map((side) => Number(image.getAttribute(side)));
  for (const part of picture.children) part.sizes = `min(100vw, ${(100 * width) / height}vh)`;
  image.removeAttribute("loading");
  image.style.setProperty("--natural", `${width}px`);
  image.style.setProperty("--ratio", width / height);
  const there = small.lastElementChild.currentSrc;
  if (there) image.style.backgroundImage = `url("${there}")`;
  return picture;
}

function isPinched() {
  return (visualViewport?.scale ?? 1) > 1.01;
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
