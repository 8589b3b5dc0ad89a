// Arrow keys walk through the year's days; Enter opens the one that has the focus, as any link.
const links = [...document.querySelectorAll(".year a[data-day]")];
const A_DAY = 86_400_000;

let current = null;

function select(link, focus = true) {
  if (!link) return;
  if (current) current.tabIndex = -1;
  current = link;
  link.tabIndex = 0;
  if (focus) link.focus();
}

const iso = (moment) => new Date(moment).toISOString().slice(0, 10);
const find = (day) => links.find((link) => link.dataset.day === day);

/** The day as many months away, or that month's last when it is shorter. */
function monthsAway(day, months) {
  const [year, month, number] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return iso(Date.UTC(year, month - 1 + months, Math.min(number, last)));
}

function onKey(event) {
  const day = event.target.closest("a[data-day]")?.dataset.day;
  if (!day || event.ctrlKey || event.metaKey || event.altKey) return;
  const daysAway = (count) => iso(Date.parse(day) + count * A_DAY);
  const inMonth = links.filter((link) => link.dataset.day.startsWith(day.slice(0, 7)));
  const goal = {
    ArrowLeft: () => find(daysAway(-1)),
    ArrowRight: () => find(daysAway(1)),
    ArrowUp: () => find(daysAway(-7)),
    ArrowDown: () => find(daysAway(7)),
    PageUp: () => find(monthsAway(day, -1)),
    PageDown: () => find(monthsAway(day, 1)),
    Home: () => inMonth[0],
    End: () => inMonth.at(-1),
  }[event.key];
  if (!goal) return;
  event.preventDefault();
  select(goal());
}

for (const link of links) link.tabIndex = -1;
select(document.querySelector(".year td.today a") ?? links[0], false);
document.querySelector(".year").addEventListener("keydown", onKey);
