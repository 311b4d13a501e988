// The button that changes between light and dark.

import { icon } from "./icons.js";

const button = document.getElementById("theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

function draw() {
  const label = isDark() ? "Light theme" : "Dark theme";
  button.setAttribute("aria-label", label);
  button.title = label;
  button.replaceChildren(icon(isDark() ? "sun" : "moon"));
}

button.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // It lasts until the page is closed.
  }
  draw();
});
system.addEventListener("change", draw);
draw();
