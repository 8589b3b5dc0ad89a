// J and K go through the causes. A leads to the button that approves, R to the one that lets the
// days stand; Enter presses it: nothing is decided by one key alone.
const items = [...document.querySelectorAll("[data-item]")];
const place = items.findIndex((item) => item.hasAttribute("aria-current"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === "j" || event.key === "k") {
    items[place + (event.key === "j" ? 1 : -1)]?.click();
  } else if (event.key === "a" || event.key === "r") {
    document.querySelector(event.key === "a" ? "#approve" : "#reject")?.focus();
  }
});

// After J or K the chosen line is where the keyboard is.
if (new URLSearchParams(location.search).has("nhom")) items[place]?.focus();

const all = document.querySelector("#all");
all?.addEventListener("change", () => {
  for (const box of document.querySelectorAll("#decide [name=chon]")) box.checked = all.checked;
});
