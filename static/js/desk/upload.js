// Sends one picture and tells how far it is. XMLHttpRequest, because fetch cannot tell.

export class Refused extends Error {}

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
      else reject(new Refused(answer?.error ?? offline));
    });
    request.addEventListener("error", () => reject(new Refused(offline)));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("image", file);
    request.send(form);
  });
}
