// In <table data-rows>: a click on a row opens its [data-row-link]; j and k move, Enter opens.
const interactive = "a, button, input, select, textarea, label, summary, dialog";
const typing = (element) => element.closest("input, select, textarea, [contenteditable], dialog");

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] tbody tr");
  if (!row || event.target.closest(interactive) || String(getSelection())) return;
  const link = row.querySelector("a[data-row-link]");
  if (!link) return;
  if (event.metaKey || event.ctrlKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
  const step = { j: 1, k: -1 }[event.key];
  const rows = [...document.querySelectorAll("[data-rows] tbody tr:has(a[data-row-link])")];
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "Enter" && at >= 0 && !event.target.closest(interactive)) {
    rows[at].querySelector("a[data-row-link]").click();
  }
  if (!step || rows.length === 0) return;
  const next = Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[at]?.removeAttribute("aria-selected");
  rows[next].setAttribute("aria-selected", "true");
  rows[next].scrollIntoView({ block: "nearest" });
});
