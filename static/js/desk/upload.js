// Sends one picture and tells how far it is. XMLHttpRequest, because fetch cannot tell.

// `status` is 0 when the server did not answer.
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export function upload(url, file, token, { onProgress, signal, offline }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("load", () => {
      const answer = request.response;
      if (request.status === 200 && answer) resolve(answer);
      else reject(new Refused(answer?.error ?? offline, request.status));
    });
    request.addEventListener("error", () => reject(new Refused(offline, 0)));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("image", file);
    request.send(form);
  });
}
