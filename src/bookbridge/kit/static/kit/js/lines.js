// In a form[data-lines]: Enter in the last row asks for one more, [data-line-remove] empties its
// row, and the totals follow the typing. The server computes them again: these are a preview.
const figure = (text) => Number(String(text ?? "").replace(/[,\s]/g, "")) || 0;
const pence = (value) => Math.sign(value) * Math.round(Math.abs(value) * 100 + 1e-6);

function lineAmounts(row) {
  const value = (name) => figure(row.querySelector(`[name$="-${name}"]`)?.value);
  const net = pence(value("quantity") * value("price") * (1 - value("discount_percent") / 100));
  const rate = figure(row.querySelector('[name$="-tax_code"] option:checked')?.dataset.rate);
  return { net, tax: pence((net / 100) * (rate / 100)) };
}

function showTotals(form) {
  const text = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2 });
  const show = (place, amount) => place && (place.textContent = text.format(amount / 100).replace("-", "−"));
  const sum = { net: 0, tax: 0 };
  for (const row of form.querySelectorAll("[data-line]")) {
    const line = lineAmounts(row);
    sum.net += line.net;
    sum.tax += line.tax;
    show(row.querySelector("[data-line-amount]"), line.net);
  }
  show(form.querySelector("[data-total=net]"), sum.net);
  show(form.querySelector("[data-total=tax]"), sum.tax);
  show(form.querySelector("[data-total=all]"), sum.net + sum.tax);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-lines]");
  if (form) showTotals(form);
});
document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("form[data-lines] [data-line]");
  if (!row || event.key !== "Enter" || event.target.closest("button, textarea")) return;
  event.preventDefault();
  const next = row.nextElementSibling?.querySelector("input, select");
  if (next) next.focus();
  else row.closest("form").querySelector("[data-line-add]")?.click();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-line-remove]");
  if (!button) return;
  for (const field of button.closest("[data-line]").querySelectorAll("input:not([type=hidden])")) field.value = "";
  showTotals(button.closest("form"));
});
document.addEventListener("htmx:afterSettle", (event) => {
  const form = event.target.closest?.("form[data-lines]");
  if (!form) return;
  showTotals(form);
  form.querySelector("[data-line]:last-of-type input:not([type=hidden])")?.focus();
});
for (const form of document.querySelectorAll("form[data-lines]")) showTotals(form);
