// <listen-button>: shown where the browser has a voice for the story's language. The reading
// itself is loaded at the first press.

const voiceLanguage = (voice) => voice.lang.replace("_", "-").toLowerCase();

/** The voices that speak a language, those of its own region first, and those on the device. */
function voicesFor(language) {
  const wanted = language.toLowerCase();
  const worth = (voice) => 2 * (voiceLanguage(voice) === wanted) + voice.localService;
  return speechSynthesis
    .getVoices()
    .filter((voice) => voiceLanguage(voice).split("-")[0] === wanted.split("-")[0])
    .sort((one, other) => worth(other) - worth(one));
}

class ListenButton extends HTMLElement {
  connectedCallback() {
    if (!window.speechSynthesis) return;
    const offer = () => (this.hidden = !voicesFor(this.lang).length);
    offer();
    speechSynthesis.addEventListener?.("voiceschanged", offer); // they come late
    this.querySelector("button").addEventListener("click", async () => {
      const { listen } = await import("./listen.js");
      listen(this, voicesFor);
    });
  }
}

customElements.define("listen-button", ListenButton);
