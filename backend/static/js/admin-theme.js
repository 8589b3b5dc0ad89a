// The admin follows the theme chosen in the product (its own switch is not shown).
{
  const wanted = localStorage.getItem("theme");
  const dark = wanted ? wanted === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
