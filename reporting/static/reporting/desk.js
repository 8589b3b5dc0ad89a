// Minutes save themselves when typing pauses; a conclusion that is refused shows why and keeps its line.
const form = document.querySelector("#minutes");
const state = document.querySelector("#minutes-state");
let waiting = 0;
let isSaving = false;
let isDirty = false;

function say(text, isLost = false) {
  state.textContent = text;
  state.classList.toggle("is-lost", isLost);
}

async function save() {
  if (isSaving || !isDirty) return;
  isSaving = true;
  isDirty = false;
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (answer.ok) {
      form.elements.base.value = told.number;
      say(`${form.dataset.saved} ${told.at}`);
    } else {
      say(told.problem, true);
    }
  } catch {
    isDirty = true;
    say(form.dataset.lost, true);
    waiting = setTimeout(save, 5000);
  }
  isSaving = false;
  if (isDirty && !waiting) plan();
}

function plan() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { waiting = 0; save(); }, 1500);
}

if (form) {
  form.elements.text.addEventListener("input", () => {
    isDirty = true;
    if (!state.classList.contains("is-lost")) say(form.dataset.typing);
    plan();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    isDirty = true;
    save();
  });
  addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "conclusions") return;
  event.detail.shouldSwap = event.detail.serverResponse.includes('id="conclusions"');
  event.detail.isError = false;
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "conclusions") document.querySelector("#line")?.focus();
});
