// A page that counts while it is looked at: loaded again every few seconds, unless somebody is about to press something.
const live = document.querySelector("[data-live]");
if (live) {
  setInterval(() => {
    const busy = document.activeElement && document.activeElement !== document.body;
    if (!busy && !document.hidden) location.reload();
  }, Number(live.dataset.live) * 1000);
}
