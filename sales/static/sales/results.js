// Keying the 27 numbers of a draw: a full field goes on to the next, a pasted row fills from here on.
const form = document.querySelector("[data-result-form]");
const fields = form ? [...form.querySelectorAll("input[data-digits]")] : [];
const after = (field) => fields[fields.indexOf(field) + 1] ?? form.querySelector("#ky_hieu");
const digitsOf = (field) => Number(field.dataset.digits);

function fill(from, text) {
  const numbers = text.trim().split(/[^0-9]+/).filter(Boolean);
  if (numbers.length < 2) return false;
  const places = fields.slice(fields.indexOf(from));
  numbers.slice(0, places.length).forEach((number, place) => {
    places[place].value = number;
  });
  (places[numbers.length] ?? form.querySelector("#ky_hieu"))?.focus();
  return true;
}

form?.addEventListener("paste", (event) => {
  if (!fields.includes(event.target)) return;
  if (fill(event.target, event.clipboardData.getData("text"))) event.preventDefault();
});

form?.addEventListener("input", (event) => {
  const field = event.target;
  if (!fields.includes(field)) return;
  field.removeAttribute("aria-invalid");
  if (field.value.length === digitsOf(field) && event.inputType !== "deleteContentBackward") {
    const next = after(field);
    next?.focus();
    next?.select();
  }
});

form?.addEventListener("keydown", (event) => {
  const at = fields.indexOf(event.target);
  if (at < 0) return;
  if (event.key === "Backspace" && event.target.value === "" && at > 0) {
    event.preventDefault();
    fields[at - 1].focus();
  } else if (event.key === "Enter" && !event.ctrlKey) {
    event.preventDefault(); // a half-keyed sheet is not sent by a slip
    after(event.target)?.focus();
  }
});

(fields.find((field) => field.getAttribute("aria-invalid")) ?? fields.find((field) => !field.value))?.focus();
