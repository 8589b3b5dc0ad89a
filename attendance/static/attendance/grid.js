// Arrow keys over the timesheet, Enter or a click opens the day in the drawer.
const table = document.querySelector("table.timesheet");
const drawer = document.querySelector("#day-drawer");
const detail = document.querySelector("#day-detail");

const isDay = (cell) => cell?.matches("tr[data-person] > td:not(.number)");

function rowsOfPeople() {
  return [...table.querySelectorAll("tr[data-person]")];
}

let current = null;

function select(cell, focus = true) {
  if (!isDay(cell)) return;
  if (current) current.tabIndex = -1;
  current = cell;
  cell.tabIndex = 0;
  if (focus) cell.focus();
}

// The drawer answers the key at once and says that it is busy; only the day asked for last is shown.
async function open(cell) {
  const person = cell.parentElement.dataset.person;
  const day = `${table.dataset.month}-${String(cell.cellIndex).padStart(2, "0")}`;
  const url = table.dataset.dayUrl.replace("CODE", encodeURIComponent(person)).replace("DATE", day);
  detail.replaceChildren();
  detail.ariaBusy = "true";
  if (!drawer.open) drawer.showModal();
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (cell !== current || !drawer.open) return;
  if (!answer?.ok) {
    location.href = url;
    return;
  }
  detail.innerHTML = await answer.text();
  detail.ariaBusy = "false";
}

if (table) {
  table.setAttribute("role", "grid");
  select(table.querySelector("tr[data-person] > td"), false);

  table.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const cell = event.target.closest("td");
    if (!isDay(cell)) return;
    select(cell);
    open(cell);
  });

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!isDay(cell)) return;
    const rows = rowsOfPeople();
    const row = rows.indexOf(cell.parentElement);
    const moves = {
      ArrowLeft: () => cell.previousElementSibling,
      ArrowRight: () => cell.nextElementSibling,
      ArrowUp: () => rows[row - 1]?.cells[cell.cellIndex],
      ArrowDown: () => rows[row + 1]?.cells[cell.cellIndex],
      Home: () => cell.parentElement.cells[1],
      End: () => [...cell.parentElement.cells].findLast(isDay),
    };
    if (event.key in moves) {
      event.preventDefault();
      select(moves[event.key]());
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(cell);
    }
  });

  drawer.addEventListener("close", () => current?.focus());
}
