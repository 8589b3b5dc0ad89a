// The cut-off clock counts down, and the desk renews itself every minute while nobody is using it.
const left = document.querySelector("[data-until]");
const two = (number) => String(number).padStart(2, "0");

function tick() {
  const seconds = Math.floor((new Date(left.dataset.until) - Date.now()) / 1000);
  left.textContent =
    seconds <= 0
      ? left.dataset.over
      : `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

if (left) {
  tick();
  setInterval(tick, 1000);
}

const idle = () => !document.activeElement || document.activeElement === document.body;
setInterval(() => !document.hidden && idle() && scrollY === 0 && location.reload(), 60000);
