// A stylesheet that the page does without until somebody uses what it dresses.

const attached = new Map();

/** Whether it came: for some, plain is better than not at all. */
export function attach(address) {
  if (!attached.has(address)) attached.set(address, load(address));
  return attached.get(address);
}

function load(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  return new Promise((tell) => {
    link.addEventListener("load", () => tell(true));
    link.addEventListener("error", () => {
      attached.delete(address); // asked for again the next time
      link.remove();
      tell(false);
    });
    document.head.append(link);
  });
}
