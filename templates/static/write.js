// The page for writing a letter: the hint of the category chosen, where help is
// when the words call for it, and the rail that shows how far one has come.
const form = document.querySelector("form[data-draft=write]");

const letters = (s) => s.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
const sentence = (s) => ` ${s.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).join(" ")} `;
const han = /\p{Script=Han}/u;

function hints(category) {
  const now = form.querySelector("[data-hint-now]");
  const all = form.querySelector("[data-hints] details");
  if (!all) return;
  const show = () => {
    const hint = category.value && form.querySelector(`[data-hint="${CSS.escape(category.value)}"] dd`);
    now.textContent = hint ? hint.textContent : "";
    now.hidden = !hint;
    all.hidden = Boolean(hint);
  };
  category.addEventListener("change", show);
  category.addEventListener("input", show);
  show();
}

function help(box) {
  const words = box.dataset.words.split("\n").filter(Boolean).map((w) => han.test(w) ? [letters, letters(w)] : [sentence, sentence(w)]);
  const seen = form.querySelector("[data-help-seen]");
  const look = () => {
    if (!box.hidden) return;
    const text = `${form.elements.subject.value}\n${form.elements.body.value}`;
    if (!words.some(([fold, word]) => fold(text).includes(word))) return;
    box.hidden = false;
    seen.value = "yes";
  };
  for (const field of [form.elements.subject, form.elements.body]) field.addEventListener("input", look);
  look();
}

function rail(links) {
  const answered = {
    "#part-who": () => form.querySelector("[name=identity]:checked"),
    "#part-what": () => form.querySelector("[name=kind]:checked") && form.elements.category.value,
    "#part-letter": () => form.elements.subject.value.trim() && form.elements.body.value.trim(),
  };
  const mark = () => {
    for (const link of links) link.classList.toggle("done", Boolean(answered[link.hash]?.()));
  };
  form.addEventListener("input", mark);
  form.addEventListener("change", mark);
  mark();
}

if (form) {
  hints(form.elements.category);
  help(form.querySelector("[data-help]"));
  rail(document.querySelectorAll(".rail a"));
}
