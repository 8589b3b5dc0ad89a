// Pages that refresh themselves: say so plainly when they cannot, and never show a login page's
// emptiness instead of the last data. `data-live` is the part that refreshes, #as-of its time.
const stale = document.querySelector("#stale");

function warn(isStale) {
  if (stale && stale.hidden === isStale) stale.hidden = !isStale;
}

const isLive = (event) => event.target.closest?.("[data-live]") || event.detail.elt?.matches?.("[data-live]");

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (!isLive(event)) return;
  // A session that ran out answers with the login page (200): keep what is shown.
  const wanted = event.detail.elt.id;
  if (event.detail.xhr.status !== 200 || !event.detail.serverResponse.includes(`id="${wanted}"`)) {
    event.detail.shouldSwap = false;
    warn(true);
  }
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => isLive(event) && warn(true));
}
document.body.addEventListener("htmx:afterSwap", (event) => isLive(event) && warn(false));

// Whatever the reason (a sleeping computer, a script that died): old data is called old.
const OLD_AFTER = 60_000;
setInterval(() => {
  const shown = document.querySelector("#as-of");
  if (!shown) return;
  const isOld = Date.now() - received > OLD_AFTER;
  shown.classList.toggle("is-old", isOld);
  if (isOld) warn(true);
}, 5_000);
let received = Date.now();
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (isLive(event)) received = Date.now();
});
