// Sends a note without leaving the page, so that what is being written stays as it is.

class StoryNotes extends HTMLElement {
  #form = document.getElementById("note_form");
  #isSending = false;

  connectedCallback() {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  async #send() {
    const button = this.querySelector("button");
    const field = this.querySelector("textarea");
    if (this.#isSending) return;
    this.#isSending = true;
    this.#say("trouble", "");
    this.#say("sent", "");
    try {
      const answer = await fetch(this.#form.action, {
        method: "POST",
        body: new FormData(this.#form),
        headers: { Accept: "application/json" },
      });
      const { html, error } = await answer.json();
      if (error) throw new Error(error, { cause: answer.status });
      this.#add(html);
      field.value = "";
      this.#say("sent", button.dataset.textSent);
    } catch (error) {
      this.#say("trouble", error.cause ? error.message : button.dataset.textFailed);
    }
    this.#isSending = false;
  }

  #add(html) {
    const box = document.createElement("template");
    box.innerHTML = html; // a template of ours, filled on the server
    this.querySelector("[data-role=notes]").append(box.content);
  }

  #say(role, sentence) {
    this.querySelector(`[data-role=${role}]`).textContent = sentence;
  }
}

customElements.define("story-notes", StoryNotes);
