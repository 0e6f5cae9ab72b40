// How many letters an SMS still leaves, while one writes; the server counts again.
"use strict";
const WIDE = new Set("^{}\\[~]|€");
const GSM = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€’“”«»–—…œŒ\u00a0\u202f",
);
for (const field of document.querySelectorAll("[data-most]")) {
  const shown = field.parentElement.querySelector("output");
  const tell = () => {
    const letters = [...field.value.normalize("NFC")];
    const units = letters.reduce((sum, letter) => sum + (WIDE.has(letter) ? 2 : 1), 0);
    const dear = [...new Set(letters.filter((letter) => !GSM.has(letter)))];
    shown.textContent = units ? `(${units}/${field.dataset.most}${dear.length ? `, ${dear.join(" ")}` : ""})` : "";
    shown.classList.toggle("hot", dear.length > 0 || units > Number(field.dataset.most));
  };
  field.addEventListener("input", tell);
  tell();
}
