// Sends something to the desk. A token that has changed is fetched anew; when the session has
// ended, or is somebody else's now, that is said and nothing is sent in their name.

const ANSWER_WITHIN_MS = 20_000;

export class SignedOut extends Error {}

export class SomebodyElse extends Error {}

export async function send(form, url, body, options = {}) {
  const answer = await post(form, url, body, options);
  if (answer.status !== 403) return answer;
  await renew(form);
  return post(form, url, body, options);
}

// Makes sure that the server is there, and that it will know who is asking.
export async function renew(form) {
  const answer = await fetch(form.dataset.sessionPath, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (!answer.ok) throw new TypeError(answer.statusText);
  const { person, name, token } = await answer.json();
  if (person === null) throw new SignedOut();
  if (String(person) !== form.elements.writer.value) throw new SomebodyElse(name);
  form.elements.csrfmiddlewaretoken.value = token;
}

function post(form, url, body, options) {
  return fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...options,
  });
}
