// The theme switch and the keys that work on every page. Pages work without it.
const root = document.documentElement;

function currentTheme() {
  const wanted = root.dataset.theme;
  if (wanted) return wanted;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-toggle-theme]")) return;
  const theme = currentTheme() === "dark" ? "light" : "dark";
  localStorage.setItem("theme", theme);
  root.dataset.theme = theme;
});

// "/" goes to the search field, "?" shows the keys, "g" and a letter goes to a page.
let goPending = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea, [contenteditable]")) return;
  if (goPending) {
    goPending = false;
    const link = document.querySelector(`.menu a[data-key="${CSS.escape(event.key)}"]`);
    if (link) link.click();
    return;
  }
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "g") {
    goPending = true;
    setTimeout(() => (goPending = false), 1500);
  } else if (event.key === "?") {
    document.querySelector("#keys")?.showModal();
  }
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) close.closest("dialog").close();
});
