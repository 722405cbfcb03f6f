// A film comes when somebody presses its card; before that its host hears of nobody.
// Without this the card is a link to where the film is, and pressed with Ctrl it stays one.

const CARD = ".embed[data-player] > a";
const MAY = "autoplay; encrypted-media; fullscreen; picture-in-picture";
const SANDBOX = "allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox";

function prepare(link, plays) {
  const about = document.createElement("span");
  about.className = "embed__about";
  about.textContent = plays.replace("{}", new URL(link.parentElement.dataset.player).host.replace("www.", ""));
  link.append(about);
  link.role = "button";
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || link.role !== "button") return;
    event.preventDefault();
    play(link);
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " " || link.role !== "button") return;
    event.preventDefault();
    play(link);
  });
}

function play(link) {
  const card = link.parentElement;
  const { player } = card.dataset;
  const frame = document.createElement("iframe");
  frame.className = "embed__player";
  frame.title = link.querySelector(".embed__name").textContent;
  frame.allow = MAY;
  frame.allowFullscreen = true;
  frame.sandbox = SANDBOX;
  frame.referrerPolicy = "strict-origin-when-cross-origin"; // the host plays nothing for nobody
  frame.src = `${player}${player.includes("?") ? "&" : "?"}autoplay=1`;
  link.role = null;
  card.dataset.playing = "";
  card.prepend(frame);
  frame.focus();
}

for (const body of document.querySelectorAll("[data-plays]")) {
  for (const link of body.querySelectorAll(CARD)) prepare(link, body.dataset.plays);
}
