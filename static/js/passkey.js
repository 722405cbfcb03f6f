// <passkey-ceremony>: asks the device for a passkey before its form is sent. Without scripts it is not shown.

const OPTIONS = "passkey-options";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (descriptors = []) => descriptors.map((one) => ({ ...one, id: toBytes(one.id) }));

/** What the page carries, for the step it is made for. */
const pageOptions = () => JSON.parse(document.getElementById(OPTIONS).textContent);

/** What the device answered, as the server reads it. */
function toPlain(credential) {
  const { response } = credential;
  const plain = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) plain[name] = toText(response[name]);
  }
  const transports = response.getTransports?.();
  if (transports) plain.transports = transports;
  return {
    type: credential.type,
    id: credential.id,
    rawId: toText(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: plain,
  };
}

class PasskeyCeremony extends HTMLElement {
  #form;
  #error;

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#error = this.querySelector("[role=alert][hidden]");
    if (!window.PublicKeyCredential) this.hidden = true;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#hold();
    });
  }

  async #hold() {
    this.#error.hidden = true;
    try {
      const credential = this.dataset.kind === "add" ? await this.#create() : await this.#get();
      this.#form.elements.credential.value = JSON.stringify(toPlain(credential));
    } catch {
      this.#error.textContent = this.dataset.failed;
      this.#error.hidden = false;
      return;
    }
    this.#form.submit();
  }

  #create() {
    const { publicKey } = pageOptions().creation_options;
    const isPasskey = this.#form.elements.passwordless?.checked ?? false;
    return navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
        excludeCredentials: withBytes(publicKey.excludeCredentials),
        authenticatorSelection: {
          ...publicKey.authenticatorSelection,
          residentKey: isPasskey ? "required" : "discouraged",
          requireResidentKey: isPasskey,
          ...(isPasskey && { userVerification: "required" }),
        },
      },
    });
  }

  async #get() {
    const { publicKey } = (await this.#requestOptions()).request_options;
    return navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        allowCredentials: withBytes(publicKey.allowCredentials),
      },
    });
  }

  /** Signing in asks for a challenge when the button is pressed; other pages bring theirs. */
  async #requestOptions() {
    if (this.dataset.kind !== "sign-in") return pageOptions();
    const answer = await fetch(this.#form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }
}

customElements.define("passkey-ceremony", PasskeyCeremony);
