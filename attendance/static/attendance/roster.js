// The roster by keyboard, by touch and by dragging; the server answers with the changed lines.
const table = document.querySelector("table.roster");
const editor = document.querySelector("#cell-editor");
const announcements = document.querySelector("#announcements");
const editable = Boolean(table?.dataset.edit);

let current = null;
let clipboard = null; // { text, cell: {nv, ngay} when it was cut }

const cells = (row) => [...row.querySelectorAll("td[data-day]")];
const rows = () => [...table.querySelectorAll("tr[data-person]")];
const place = (cell) => ({ nv: cell.parentElement.dataset.person, ngay: cell.dataset.day });

function at(where) {
  const row = rows().find((each) => each.dataset.person === where.nv);
  return row && cells(row).find((cell) => cell.dataset.day === where.ngay);
}

function select(cell, focus = true) {
  if (!cell) return;
  if (current) current.tabIndex = -1;
  current = cell;
  cell.tabIndex = 0;
  if (focus) cell.focus();
}

function tell(text, kind) {
  const line = document.createElement("p");
  line.className = `message ${kind}`;
  line.textContent = text;
  announcements.replaceChildren(line);
}

async function send(where, fields) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const { tuan, thang } = table.dataset;
  const body = new URLSearchParams({ ...where, ...fields, tuan, thang });
  let answer;
  try {
    answer = await fetch(table.dataset.edit, {
      method: "POST",
      headers: { ...headers, "HX-Request": "true" },
      body,
    });
    const sent = await answer.json();
    if (!answer.ok) {
      tell(sent.problem, "error");
      return;
    }
    for (const [code, html] of Object.entries(sent.rows)) {
      const row = rows().find((each) => each.dataset.person === code);
      if (row) row.outerHTML = html;
    }
    tell(sent.told, "success");
  } catch {
    tell(table.dataset.failed, "error");
    return;
  }
  select(at(where), !editor.open);
}

function edit(cell) {
  if (cell.matches(".outside")) return;
  const where = place(cell);
  const name = cell.parentElement.querySelector("th").firstChild.textContent;
  editor.querySelector("#cell-who").textContent = `${name} · ${where.ngay.split("-").reverse().join("/")}`;
  const field = editor.querySelector("input[name=ca]");
  field.value = cell.dataset.shifts;
  editor.querySelector("form").onsubmit = () => send(where, { ca: field.value });
  editor.showModal();
  field.focus();
  field.select();
}

function move(from, to) {
  return send(place(to), { tu_nv: from.nv, tu_ngay: from.ngay });
}

function onKey(event) {
  const cell = event.target.closest("td[data-day]");
  if (!cell) return;
  const all = rows();
  const row = all.indexOf(cell.parentElement);
  const column = cells(cell.parentElement).indexOf(cell);
  const step = {
    ArrowLeft: () => cells(all[row])[column - 1],
    ArrowRight: () => cells(all[row])[column + 1],
    ArrowUp: () => all[row - 1] && cells(all[row - 1])[column],
    ArrowDown: () => all[row + 1] && cells(all[row + 1])[column],
    Home: () => cells(all[row])[0],
    End: () => cells(all[row]).at(-1),
  }[event.key];
  if (step && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    select(step());
    return;
  }
  if (!editable) return;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key === "c") clipboard = { text: cell.dataset.shifts };
    else if (key === "x") clipboard = { text: cell.dataset.shifts, from: place(cell) };
    else if (key === "v" && clipboard) {
      if (clipboard.from) {
        move(clipboard.from, cell);
        clipboard = null;
      } else send(place(cell), { ca: clipboard.text });
    } else return;
    event.preventDefault();
  } else if (event.key === "Enter" || event.key === "F2") {
    event.preventDefault();
    edit(cell);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    send(place(cell), { ca: "" });
  }
}

if (table) {
  table.setAttribute("role", "grid");
  select(table.querySelector("td[data-day]"), false);
  table.addEventListener("keydown", onKey);
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-day]");
    if (!cell) return;
    select(cell);
    if (editable) edit(cell);
  });
}

if (table && editable) {
  editor.addEventListener("close", () => current?.focus());
  let dragged = null;
  const target = (event) => dragged && event.target.closest?.("td[data-day]:not(.outside)");
  table.addEventListener("dragstart", (event) => {
    const cell = event.target.closest("td[data-day]");
    dragged = place(cell);
    cell.classList.add("taken");
    event.dataTransfer.setData("text/plain", cell.dataset.shifts);
    event.dataTransfer.effectAllowed = "move";
  });
  table.addEventListener("dragover", (event) => {
    const cell = target(event);
    if (!cell) return;
    event.preventDefault();
    for (const each of table.querySelectorAll("td.over")) each.classList.remove("over");
    cell.classList.add("over");
  });
  table.addEventListener("drop", (event) => {
    const cell = target(event);
    if (!cell) return;
    event.preventDefault();
    move(dragged, cell);
  });
  table.addEventListener("dragend", () => {
    dragged = null;
    for (const each of table.querySelectorAll("td.over, td.taken")) each.classList.remove("over", "taken");
  });
}
