// Telling numbers as they are drawn: a field that has its digits, or is emptied, is sent at once.
const form = document.querySelector("[data-live-form]");
const problem = document.querySelector("[data-live-problem]");
const told = document.querySelector("[data-live-told]");

async function send(field) {
  const before = field.nextElementSibling;
  const value = field.value.trim();
  if (value === before.value) return;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set(field.name, value);
  body.set(before.name, before.value);
  const refused = await fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? "" : answer.json().then((said) => said.problem)))
    .catch(() => problem.dataset.words);
  problem.hidden = !refused;
  problem.textContent = refused;
  if (refused) {
    field.setAttribute("aria-invalid", "true");
    return;
  }
  before.value = value;
  field.removeAttribute("aria-invalid");
  told.textContent = `${told.dataset.words}: ${field.getAttribute("aria-label")} ${value || "–"}`;
}

const isNumber = (field) => field.matches("input[data-digits]");
form?.addEventListener("input", (event) => {
  const field = event.target;
  if (isNumber(field) && field.value.length === Number(field.dataset.digits)) send(field);
});
form?.addEventListener("change", (event) => {
  if (isNumber(event.target) && !event.target.value) send(event.target);
});
