// <button data-copy="#element-or-nothing" data-copied="Copied">: copies the named element's text,
// or its own data-copy-text.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-text]");
  if (!button) return;
  const source = button.dataset.copy && document.querySelector(button.dataset.copy);
  const text = button.dataset.copyText ?? source?.value ?? source?.textContent.trim() ?? "";
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.copied ?? before;
  } catch {
    // Without the clipboard (plain HTTP, an old browser) the text is selected to be copied by hand.
    if (source) getSelection().selectAllChildren(source);
    return;
  }
  setTimeout(() => (button.textContent = before), 1500);
});
