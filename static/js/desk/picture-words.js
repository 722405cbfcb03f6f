// The words on each picture of the panel: the line that opens them says what they say so far, and
// what is still asked for.

const box = document.querySelector("[data-role=pictures]");

function valueOf(row, name) {
  const field = row.querySelector(`[name$="-${name}"]`);
  return field.type === "checkbox" ? field.checked : field.value.trim();
}

function tell(row) {
  const name = row.querySelector("[data-part=name]");
  const missing = row.querySelector("[data-part=missing]");
  const alt = valueOf(row, "alt");
  const isDecorative = valueOf(row, "is_decorative");
  name.textContent = alt || (isDecorative ? name.dataset.textDecorative : name.dataset.textFile);
  const asked = [
    alt || isDecorative ? "" : missing.dataset.textAlt,
    valueOf(row, "credit_name") || valueOf(row, "credit_agency") ? "" : missing.dataset.textCredit,
  ].filter(Boolean);
  const isSilent = !alt && !isDecorative;
  row.dispatchEvent(new CustomEvent("desk:words", { bubbles: true, detail: { token: row.dataset.token, isSilent } }));
  missing.textContent = asked.length > 0 ? missing.dataset.text.replace("{}", asked.join(", ")) : "";
}

box.addEventListener("input", ({ target }) => {
  const row = target.closest(".words");
  if (row) tell(row);
});
