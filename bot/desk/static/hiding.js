// A model answer goes into the field, where it is completed.
for (const list of document.querySelectorAll("[data-model]")) {
  list.addEventListener("change", () => {
    if (list.value) document.getElementById(list.dataset.model).value = list.selectedOptions[0].textContent;
  });
}

// Words that are ticked are struck out in the text and hidden in the form, at once; without this the button "See what is hidden" does it.

const MASK = "[…]";
const place = (box) => box.name.replace("hide-", "").split("-").map(Number);

for (const form of document.querySelectorAll("[data-hiding]")) {
  const text = form.elements.namedItem("text");
  const was = form.elements.namedItem("was");
  const boxes = [...form.querySelectorAll("input[type=checkbox][name^='hide-']")];
  const original = [...form.dataset.hiding]; // places count letters, as the server does
  let looked = -1;

  const proposed = () => boxes.filter((box) => box.checked).sort((one, other) => place(other)[0] - place(one)[0])
    .reduce((letters, box) => [...letters.slice(0, place(box)[0]), MASK, ...letters.slice(place(box)[1])], original).join("");

  const show = (box) => {
    if (text.value.trim() === was.value.trim()) text.value = was.value = proposed(); // else it was written by hand: the server hides there too
    const old = document.querySelector(`[data-place="${CSS.escape(box.name)}"]`);
    if (!old) return;
    const made = document.createElement(box.checked ? "del" : "mark");
    made.className = "found";
    made.dataset.place = box.name;
    made.textContent = old.textContent;
    old.replaceWith(made);
  };

  for (const box of boxes) box.addEventListener("change", () => show(box));
  if (!boxes.length) continue;
  // by its key, the next suggestion is hidden, or shown again; the focus says which
  document.addEventListener("allervers:hide", () => {
    if (!form.closest("details")?.open) return;
    looked = (looked + 1) % boxes.length;
    boxes[looked].focus();
    boxes[looked].click();
  });
}
