// What this page calls itself, in this browser and before the server: a new name each time the
// page is loaded, so that two tabs, or the same one loaded again, are never taken for each other.

const BYTES = 16;

const bytes = crypto.getRandomValues(new Uint8Array(BYTES));

export const pageKey = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

document.getElementById("post_form").elements.page_key.value = pageKey;
