// Up and down from the search field through the rows' links; Enter opens, as links do.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...document.querySelectorAll("[data-rows] th a")];
  const at = links.indexOf(document.activeElement);
  const isSearch = document.activeElement?.matches("[data-search]");
  if (at < 0 && !isSearch) return;
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  const goal = next < 0 ? document.querySelector("[data-search]") : links[next];
  if (!goal) return;
  event.preventDefault();
  goal.focus();
});
