// [data-notice-close] takes its notice away.
document.addEventListener("click", (event) => {
  event.target.closest("[data-notice-close]")?.closest(".notice")?.remove();
});
