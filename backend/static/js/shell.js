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
// Heard before the page's own keys, so that "g k" never is "k"; who speaks to the computer or types
// by accident switches all of them off (WCAG 2.1.4).
let goPending = false;
const keys = document.querySelector("#keys");
const wanted = document.querySelector("#single-keys");
if (wanted) {
  wanted.checked = localStorage.getItem("keys") !== "off";
  wanted.addEventListener("change", () => localStorage.setItem("keys", wanted.checked ? "on" : "off"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
  if (wanted && !wanted.checked && event.key.length === 1 && event.key !== " ") {
    event.stopPropagation();
    return;
  }
  if (goPending) {
    goPending = false;
    event.stopPropagation();
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
    keys?.showModal();
  }
}, true);
document.querySelector("[data-keys]")?.addEventListener("click", () => keys.showModal());

// A link that looks like a button is pressed like one.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});

// A part of the page that renews itself gives the focus back to what stands in its place.
let held = null;

function told(node) {
  const name = ["id", "name", "href", "action", "aria-labelledby", "aria-label"].find((each) => node.hasAttribute(each));
  return name ? `${node.localName}[${name}="${CSS.escape(node.getAttribute(name))}"]` : node.localName;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const node = document.activeElement;
  if (!event.detail.target.contains(node)) return;
  const form = node.closest("form");
  held = form && form !== node ? `${told(form)} ${told(node)}` : told(node);
});
document.addEventListener("htmx:afterSettle", () => {
  if (held && document.activeElement === document.body) document.querySelector(held)?.focus({ preventScroll: true });
  held = null;
});

// What an action came to is on the page when it loads: said once more, so that it is read aloud.
const said = document.querySelector("#announcements");
if (said?.children.length) setTimeout(() => said.append(...said.children), 200);

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) close.closest("dialog").close();
});
