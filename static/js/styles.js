// A stylesheet that the page does without until somebody uses what it dresses.

const attached = new Map();

export function attach(address) {
  if (!attached.has(address)) attached.set(address, load(address));
  return attached.get(address);
}

function load(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  return new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done); // plain is better than not at all
    document.head.append(link);
  });
}
