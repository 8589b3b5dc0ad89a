// J and K go from request to request, A approves the one where the keyboard is, R leads to its note
// (a refusal needs words), X ticks it for approving several at once.
const items = [...document.querySelectorAll("[data-item]")];

function current() {
  return items.findIndex((item) => item.contains(document.activeElement));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const place = current();
  const item = items[place];
  if (event.key === "j") items[Math.min(place + 1, items.length - 1)]?.focus();
  else if (event.key === "k") items[Math.max(place - 1, 0)]?.focus();
  else if (event.key === "a") item?.querySelector("[data-approve]").click();
  else if (event.key === "x") item?.querySelector("[name=don]").click();
  else if (event.key === "r" && item) {
    event.preventDefault();
    item.querySelector("[name=ly_do]").focus();
  }
});
