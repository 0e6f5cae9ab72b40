// Keys for who reads all day. Everything works without them; they can be turned off or changed, and never act in a text field.

const STORE = "allervers-keys";
const MINE = document.currentScript.dataset; // where a key belongs to no button
const on = () => localStorage.getItem(STORE) !== "off";

let digit = ""; // typed just before: 1 and 2 are reason 12

document.addEventListener("keydown", (event) => {
  if (!on() || event.ctrlKey || event.metaKey || event.altKey) return;
  const before = digit;
  digit = /^[0-9]$/.test(event.key) ? event.key : "";
  if (event.target.matches("input[type=radio]") && digit) { // a reason by its number
    const numbered = (number) => event.target.form.querySelector(`input[type=radio][value="R${number}"]`);
    const reason = (before && numbered(before + digit)) || numbered(digit);
    if (reason) { event.preventDefault(); reason.checked = true; reason.focus(); }
    return;
  }
  if (event.key === MINE.suggestion && document.querySelector("details[open] [data-hiding]") && !event.target.closest("textarea, input:not([type=checkbox])")) {
    event.preventDefault();
    document.dispatchEvent(new Event("allervers:hide"));
    return;
  }
  if (event.target.closest("input:not([data-key-through]), textarea, select, [contenteditable]")) return;
  const rows = [...document.querySelectorAll(".queue > li > a")];
  if (rows.length && (event.key === MINE.next || event.key === MINE.before)) { // in a list: the next row, the one before
    const at = rows.indexOf(document.activeElement);
    rows[event.key === MINE.next ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0)].focus();
    return;
  }
  const target = document.querySelector(`[data-keys="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
  if (target.matches("summary")) target.parentElement.querySelector("textarea, input:not([type=hidden])")?.focus();
});

const note = document.querySelector("[data-keys-note]");
if (note) {
  const button = note.querySelector("[data-keys-switch]");
  const show = () => {
    button.textContent = on() ? button.dataset.off : button.dataset.on;
    document.documentElement.classList.toggle("keys-off", !on());
  };
  note.hidden = false;
  show();
  button.addEventListener("click", () => {
    localStorage.setItem(STORE, on() ? "off" : "on");
    show();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
