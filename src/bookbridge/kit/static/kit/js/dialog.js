// <a href="…/void" data-dialog-open="#id"> opens a <dialog>; without JS the link is followed.
// [data-dialog-close] closes; [data-confirm-word] keeps its button off until the word is typed;
// <dialog data-open-now> opens with the page.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.querySelector(opener.dataset.dialogOpen);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    return;
  }
  if (event.target instanceof HTMLDialogElement) event.target.close();
});

document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-confirm-word]");
  if (!field) return;
  const button = field.form.querySelector("[type=submit]");
  button.disabled = field.value.trim() !== field.dataset.confirmWord;
});

// Such a dialog also has `open`, so that it shows without JS; here it becomes a modal one, once.
const openNow = () => {
  const dialog = document.querySelector("dialog[data-open-now]");
  if (!dialog) return;
  dialog.removeAttribute("data-open-now");
  dialog.close();
  dialog.showModal();
};
openNow();
document.addEventListener("htmx:afterSettle", openNow);
