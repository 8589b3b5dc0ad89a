// Ticks every agent at once, and the agent whose number somebody changes.
const all = document.getElementById("all");
const boxes = [...document.querySelectorAll("#allocation [name=chon]")];

all?.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
});

document.getElementById("allocation")?.addEventListener("input", (event) => {
  if (!event.target.name.startsWith("ve_")) return;
  const code = event.target.name.slice("ve_".length);
  const box = boxes.find((each) => each.value === code);
  if (box && event.target.value) box.checked = true;
});
