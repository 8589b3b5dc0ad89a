// Slides: paged here, without the server. Who leads tells the page; everybody hears it by server-sent
// events, else asks each second, else looks by himself. Of two who lead the last one to turn is right.
const deck = document.querySelector("#deck");
let slides = [...deck.querySelectorAll(".slide")];
const place = document.querySelector("#place");
const curtain = document.querySelector("#curtain");
const dot = document.querySelector("#dot");
const line = document.querySelector("#line");
const leads = Boolean(deck.dataset.leads);
let page = 0;
let isBlank = false;
let isFollowing = !leads;
let told = { page: Number(deck.dataset.page), blank: Boolean(deck.dataset.blank), version: Number(deck.dataset.version), deck: Number(deck.dataset.deck) };

function show(number) {
  page = Math.max(0, Math.min(number, slides.length - 1));
  slides.forEach((slide, at) => { slide.classList.toggle("off", at !== page); });
  place.textContent = `${page + 1} / ${slides.length}`;
  deck.dataset.now = page;
  fit();
}

// A table a little taller than the screen is written smaller, down to three quarters; what is taller
// still, and a telephone, scrolls.
function fit() {
  const slide = slides[page];
  const table = slide?.querySelector(".fits table");
  if (!table) return;
  table.style.fontSize = "";
  if (innerWidth <= 640) return;
  for (let size = 0.8; size > 0.6 && slide.scrollHeight > slide.clientHeight; size -= 0.03) table.style.fontSize = `${size}em`;
}

addEventListener("resize", fit);
document.fonts.ready.then(fit);

function cover(wanted) {
  isBlank = wanted;
  curtain.hidden = !wanted;
  press("blank", wanted);
}

function press(name, isOn) {
  document.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", isOn);
}

// --- telling (who leads) -------------------------------------------------------------------------
let isTelling = false;
let toTell = null;

async function tell(sent) {
  toTell = { ...toTell, ...sent };
  if (isTelling) return; // the newest goes out when the one before has arrived
  isTelling = true;
  while (toTell) {
    const news = toTell;
    toTell = null;
    try {
      const answer = await fetch(deck.dataset.ask, { method: "POST", body: new URLSearchParams(news), headers: { "X-CSRFToken": deck.dataset.csrf } });
      line.textContent = answer.ok ? line.dataset.live : line.dataset.lost;
      if (answer.ok) hear(await answer.json());
      if (answer.status < 500) continue;
    } catch {
      line.textContent = line.dataset.lost;
    }
    toTell = { ...news, ...toTell }; // nobody heard it: told again, or what came since
    await new Promise((again) => { setTimeout(again, 1000); });
  }
  isTelling = false;
  obey(); // what another presenter turned meanwhile
}

function turn(number) {
  show(number);
  hideDot();
  if (leads) tell({ page, blank: isBlank ? "1" : "" });
  else follow(false);
}

// --- following -----------------------------------------------------------------------------------
function follow(wanted) {
  if (leads) return;
  isFollowing = wanted;
  const button = document.querySelector('[data-do="follow"]');
  button.textContent = wanted ? button.dataset.on : button.dataset.off;
  press("follow", wanted);
  if (wanted) obey();
  else cover(false); // the curtain is the presenter's
}

function obey() {
  if (leads ? isTelling : !isFollowing) return;
  if (told.deck !== Number(deck.dataset.deck)) renew();
  if (told.version > 0 && told.page !== page) { show(told.page); hideDot(); }
  cover(told.blank);
}

// The agenda changed since these slides were made: the new ones take their place, unless somebody is
// reading in a drawer (then when it closes) or they cannot be had.
let isRenewing = false;

async function renew() {
  if (isRenewing || document.querySelector("dialog[open]")) return;
  isRenewing = true;
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#deck");
    if (!fresh) return;
    deck.querySelectorAll(".slide, dialog").forEach((old) => { old.remove(); });
    deck.prepend(...fresh.querySelectorAll(".slide, dialog"));
    deck.dataset.deck = fresh.dataset.deck;
    slides = [...deck.querySelectorAll(".slide")];
    note(document.body.classList.contains("with-notes"));
    show(told.page);
  } catch {
    line.textContent = line.dataset.lost;
  } finally {
    isRenewing = false;
  }
}

deck.addEventListener("close", obey, true);

function hear(news) {
  if (news.version < told.version) return;
  told = news;
  obey();
}

function hideDot() { dot.hidden = true; }

function showDot(at) {
  if (!at || !(leads || isFollowing)) { hideDot(); return; }
  dot.style.left = `${at[0] / 10}%`;
  dot.style.top = `${at[1] / 10}%`;
  dot.hidden = false;
}

let asking = 0;
let tag = "";

async function ask() {
  try {
    const answer = await fetch(deck.dataset.ask, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 200) { tag = answer.headers.get("ETag"); hear(await answer.json()); }
    line.textContent = answer.status === 200 || answer.status === 304 ? line.dataset.asking : line.dataset.lost;
  } catch {
    line.textContent = line.dataset.lost;
  }
}

function listen() {
  const address = `${deck.dataset.stream}?ve=${encodeURIComponent(deck.dataset.ticket)}&seen=${told.version}`;
  const source = new EventSource(address);
  source.addEventListener("open", () => {
    line.textContent = line.dataset.live;
    clearInterval(asking);
    asking = 0;
  });
  source.addEventListener("page", (event) => hear(JSON.parse(event.data)));
  source.addEventListener("point", (event) => showDot(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    asking ||= setInterval(ask, 1000);
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  });
}

// --- the laser dot -------------------------------------------------------------------------------
let isPointing = false;
let pointedAt = 0;

function pointer(wanted) {
  isPointing = wanted;
  deck.classList.toggle("is-pointing", wanted);
  press("point", wanted);
  if (!wanted) send({ off: "1" });
}

function send(sent) {
  fetch(deck.dataset.ask, { method: "POST", body: new URLSearchParams(sent), headers: { "X-CSRFToken": deck.dataset.csrf } }).catch(() => {});
}

deck.addEventListener("pointermove", (event) => {
  if (!isPointing || event.timeStamp - pointedAt < 100) return;
  pointedAt = event.timeStamp;
  const box = deck.getBoundingClientRect();
  const part = (value, length) => Math.round(Math.max(0, Math.min(1, value / length)) * 1000);
  send({ x: part(event.clientX - box.left, box.width), y: part(event.clientY - box.top, box.height) });
});

// --- keys and buttons ----------------------------------------------------------------------------
function note(isOn) {
  document.body.classList.toggle("with-notes", isOn);
  document.querySelectorAll(".notes").forEach((notes) => { notes.hidden = !isOn; });
  press("notes", isOn);
}

const doing = {
  next: () => turn(page + 1),
  previous: () => turn(page - 1),
  first: () => turn(0),
  last: () => turn(slides.length - 1),
  blank: () => { if (!leads) return; cover(!isBlank); tell({ page, blank: isBlank ? "1" : "" }); },
  notes: () => note(!document.body.classList.contains("with-notes")),
  point: () => leads && pointer(!isPointing),
  follow: () => follow(!isFollowing),
  // Beside the slides, so that it stays to be read when the presenter turns the page.
  drill: () => document.querySelector(`#d${page + 1}`)?.showModal(),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.()),
};
const keys = {
  ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "previous", PageUp: "previous",
  Home: "first", End: "last", b: "blank", n: "notes", p: "point", t: "follow", d: "drill", f: "full",
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === " " && event.target.matches("button, a, input")) return;
  const name = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!name) return;
  event.preventDefault();
  doing[name]();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do], [data-drill]");
  if (!button) return;
  if (button.dataset.drill) document.querySelector(`#${button.dataset.drill}`).showModal();
  else doing[button.dataset.do]();
});

show(told.version > 0 ? told.page : 0);
cover(told.blank);
deck.focus({ preventScroll: true });
listen();
