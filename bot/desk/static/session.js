// A page that stays open says by itself that the session is about to end; without scripts the next page does.

for (const note of document.querySelectorAll("[data-warned]")) {
  const wait = Number(note.dataset.warned); // milliseconds from when the page was made: this machine's clock may be wrong
  if (wait > 0) setTimeout(() => { note.hidden = false; }, wait);
}
