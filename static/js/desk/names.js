// Completes the last of several names with commas between them. A browser compares its list
// with the whole field, so each name on the list is led by what stands before the last comma.

for (const field of document.querySelectorAll("input[list$=_known]")) {
  const list = field.list;
  const known = Array.from(list.options, (option) => option.value);
  let before = "";

  const offer = () => {
    const [typed] = field.value.match(/^.*,\s*/) ?? [""];
    if (typed === before) return;
    before = typed;
    const used = new Set(typed.split(",").map((name) => name.trim().toLowerCase()));
    const left = known.filter((name) => !used.has(name.toLowerCase()));
    list.replaceChildren(...left.map((name) => new Option("", before + name)));
  };

  field.addEventListener("focus", offer);
  field.addEventListener("input", offer);
}
