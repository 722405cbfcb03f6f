// Sends a story on: through the device's own sheet, or by its address.

const SAID_FOR_MS = 2500;

const address = () => document.querySelector("link[rel=canonical]")?.href ?? location.href;

/** `menu` opens when the sheet does not. */
export async function share(menu) {
  try {
    await navigator.share({ title: document.querySelector("h1").textContent, url: address() });
  } catch (error) {
    menu.open = error.name !== "AbortError";
  }
}

export async function copy(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
  try {
    await navigator.clipboard.writeText(address());
    say(menu, menu.dataset.copied);
  } catch {
    // Without https there is no clipboard: then at least the address is there to be copied.
    say(menu, address());
  }
}

function say(menu, words) {
  const status = menu.previousElementSibling;
  status.textContent = words;
  setTimeout(() => (status.textContent = ""), SAID_FOR_MS);
}
