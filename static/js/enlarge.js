// Pictures of a story open large when they are pressed. All but the way in is loaded then.

const story = document.querySelector("[data-enlarge]");
const frames = [...story.querySelectorAll(".figure__frame:not(:has(a))")];

async function enlarge(index) {
  const { show } = await import("./lightbox.js");
  show(story, frames, index);
}

frames.forEach((frame, index) => {
  const { alt } = frame.querySelector("img");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "figure__enlarge";
  button.ariaLabel = alt ? `${story.dataset.enlarge}: ${alt}` : story.dataset.enlarge;
  frame.append(button);
  frame.addEventListener("click", () => enlarge(index));
});
