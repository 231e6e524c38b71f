// Loaded before the first paint (not a module), so that a chosen theme never flashes.
(() => {
  const root = document.documentElement;
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const choice = button.dataset.themeChoice;
    if (choice === "auto") {
      localStorage.removeItem("theme");
      delete root.dataset.theme;
    } else {
      localStorage.setItem("theme", choice);
      root.dataset.theme = choice;
    }
    mark();
  });

  function mark() {
    const current = localStorage.getItem("theme") ?? "auto";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
    }
  }
  document.addEventListener("DOMContentLoaded", mark);
})();
