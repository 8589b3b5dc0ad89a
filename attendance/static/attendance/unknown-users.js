// J and K go through the list. Enter leads to the button that maps the suggested person, or to the
// search where there is no suggestion: nothing is mapped by one key alone.
const items = [...document.querySelectorAll("[data-item]")];
const place = items.findIndex((item) => item.hasAttribute("aria-current"));
const form = document.querySelector("#map");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  if (event.key === "j" || event.key === "k") {
    items[place + (event.key === "j" ? 1 : -1)]?.click();
  } else if (event.key === "Enter" && form && !event.target.closest("button, summary, a:not([aria-current])")) {
    event.preventDefault();
    const target = form.querySelector("input[name=nhan_vien]:checked") ? "#accept" : "#find";
    form.querySelector(target).focus();
  }
});

// After J or K the chosen line is where the keyboard is.
if (new URLSearchParams(location.search).has("tu")) items[place]?.focus();
