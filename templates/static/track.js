// Number and code of a QR code stand in the fragment of the address, which
// never leaves the browser. They are put into the form and taken out of the
// address and its history at once.
function read() {
  const found = /^#([A-Za-z]+\d{8}-\d+)\.([0-9A-Za-z]{16})$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, "", location.pathname + location.search);
  const [, number, code] = found;
  if (document.querySelector("[data-number]")?.dataset.number === number.toUpperCase()) return;
  const form = document.querySelector("[data-code-form]");
  form.elements.number.value = number;
  form.elements.code.value = code.match(/.{4}/g).join("-");
  const box = form.closest("details");
  if (box) box.open = true;
  form.querySelector("button").focus();
}
addEventListener("hashchange", read);
read();

// A link to one of the boxes opens it.
document.addEventListener("click", (e) => {
  const box = document.querySelector(e.target.closest?.("a[href^='#act-']")?.hash || "#none");
  if (box) box.open = true;
});
document.getElementById("offer")?.focus();
