// The list of stories: choosing several, and filters that stand open where there is room.

const WIDE = matchMedia("(width >= 64rem)");

const filters = document.querySelector(".filters");

const openWhereThereIsRoom = () => {
  filters.open = WIDE.matches;
};

if (filters) {
  openWhereThereIsRoom();
  WIDE.addEventListener("change", openWhereThereIsRoom);
}

const form = document.querySelector("[data-choosing]");
const boxes = form ? [...form.querySelectorAll("[name=_selected_action]")] : [];

if (boxes.length) {
  const all = form.querySelector("[data-choose-all]");
  const count = form.querySelector(".acts__count");
  let last = null;

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    const { none, one, many } = count.dataset;
    count.value = [none, one][chosen] ?? many.replace("%s", chosen);
    form.dataset.chosen = chosen;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });

  // With Shift, all between this one and the one before.
  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(at, last), Math.max(at, last)];
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = at;
    tell();
  });

  // Back from another page, the browser has put the marks where they were.
  addEventListener("pageshow", tell);
}
