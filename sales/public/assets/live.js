// The sheet of the live draw, kept up to date by server-sent events; where those fail, by asking.
const sheet = document.querySelector("[data-live]");
const state = document.querySelector("[data-live-state]");
const said = document.querySelector("[data-live-said]");
const cells = sheet ? [...sheet.querySelectorAll("[data-place]")] : [];
let polling = 0;
let leaving = 0;

function show({ day, compared, numbers }) {
  if (day !== sheet.dataset.day || compared !== "compared" in sheet.dataset) {
    reload();
    return;
  }
  const news = [];
  cells.forEach((cell) => {
    const number = numbers[cell.dataset.place] || "–";
    const isNew = cell.textContent !== number;
    cell.classList.toggle("new", isNew);
    if (isNew) {
      cell.textContent = number;
      news.push(`${cell.closest("tr").querySelector("th").textContent}: ${number}`);
    }
  });
  if (news.length) said.textContent = news.join(", ");
}

// Another draw, or its published result, is another page; not all watchers ask for it in one second.
function reload() {
  leaving ||= setTimeout(() => location.reload(), 1000 + Math.random() * 4000);
}

function ask() {
  fetch(sheet.dataset.poll)
    .then((answer) => answer.json())
    .then((told) => told.day && show({ ...told, numbers: Object.values(told.numbers) }))
    .catch(() => {}); // the next try comes by itself
}

function listen() {
  const source = new EventSource(`${sheet.dataset.live}?seen=${encodeURIComponent(sheet.dataset.version)}`);
  source.addEventListener("open", () => {
    state.textContent = state.dataset.on;
    clearInterval(polling);
    polling = 0;
  });
  source.addEventListener("sheet", (event) => {
    sheet.dataset.version = event.lastEventId;
    show(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    state.textContent = state.dataset.off;
    polling ||= setInterval(ask, 10000);
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 60000);
  });
}

if (sheet) listen();
