// The sheet as in Excel: arrows, Enter and Tab walk, a pasted block fills, sums follow.
const form = document.querySelector("[data-sheet]");
const rows = form ? [...form.querySelectorAll("tbody tr")] : [];
const grid = rows.map((row) => [...row.querySelectorAll("input")]);
const totals = form ? [...form.querySelectorAll("[data-total]")] : [];
const status = form?.querySelector("[data-status]");
let changed = false;

const placeOf = (field) => {
  const row = grid.findIndex((fields) => fields.includes(field));
  return row < 0 ? null : [row, grid[row].indexOf(field)];
};

function go(row, column) {
  const field = grid[row]?.[column];
  field?.focus();
  field?.select();
  return Boolean(field);
}

const numberOf = (text) => {
  const bare = text.trim().replace(/[.\s\u00a0]/g, "");
  return /^\d+$/.test(bare) ? Number(bare) : 0;
};

function sum() {
  totals.forEach((cell, column) => {
    const total = grid.reduce((all, fields) => all + numberOf(fields[column].value), 0);
    cell.textContent = total.toLocaleString("vi-VN");
  });
}

form?.addEventListener("keydown", (event) => {
  const place = placeOf(event.target);
  if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
  const [row, column] = place;
  const { selectionStart: from, selectionEnd: to, value } = event.target;
  const whole = from === 0 && to === value.length;
  const moves = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    Enter: [row + (event.shiftKey ? -1 : 1), column],
    ArrowLeft: whole || to === 0 ? [row, column - 1] : null,
    ArrowRight: whole || from === value.length ? [row, column + 1] : null,
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault(); // Enter never sends a half-keyed sheet
  if (!go(...move) && event.key === "Enter") form.querySelector("button[type=submit]").focus();
});

function put(field, text) {
  field.value = text.trim();
  field.removeAttribute("aria-invalid");
  changed = true;
}

form?.addEventListener("paste", (event) => {
  const place = placeOf(event.target);
  const text = event.clipboardData.getData("text");
  if (!place || !/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  const lines = text.replace(/\r/g, "").split("\n").filter((line) => line.trim()).map((line) => line.split("\t"));
  const byCode = lines.some(([first]) => rows.some((row) => row.dataset.agent === first.trim()));
  const unknown = [];
  let filled = 0;
  lines.forEach((cells, offset) => {
    const code = cells[0].trim();
    const row = byCode ? rows.findIndex((each) => each.dataset.agent === code) : place[0] + offset;
    const values = byCode ? cells.slice(1) : cells;
    values.forEach((value, step) => {
      const field = grid[row]?.[place[1] + step];
      if (field) {
        put(field, value);
        filled += 1;
      } else if (value.trim()) unknown.push(byCode ? code : value.trim());
    });
  });
  const lost = [...new Set(unknown)];
  status.textContent = `${form.dataset.pasted} ${filled}.${lost.length ? ` ${form.dataset.unknown} ${lost.join(", ")}` : ""}`;
  sum();
});

form?.addEventListener("input", (event) => {
  event.target.removeAttribute("aria-invalid");
  changed = true;
  sum();
});

// Empty cells say nothing and are not sent.
form?.addEventListener("submit", () => {
  changed = false;
  grid.flat().forEach((field) => {
    field.disabled = !field.value.trim();
  });
});
addEventListener("pageshow", () => grid.flat().forEach((field) => (field.disabled = false)));
addEventListener("beforeunload", (event) => changed && event.preventDefault());

if (form) {
  sum();
  const first = form.querySelector("[aria-invalid]") ?? grid[0]?.[0];
  first?.focus();
  first?.select();
}
