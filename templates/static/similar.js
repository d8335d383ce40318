// Published answers like the letter that is being written. The page asks once
// for what they are about and compares by itself: nothing that is typed leaves
// it. What is offered stands below the subject and never moves what is written.
const form = document.querySelector("form[data-draft=write]");
const box = form?.querySelector("[data-similar]");

const shownMost = 3;
const pause = 400; // milliseconds after the last key
const longest = 400; // characters of the letter that are compared

// parts are pairs of neighbouring Chinese characters, and whole other words.
function parts(text) {
  const out = new Set();
  for (const [run] of text.toLowerCase().matchAll(/\p{Script=Han}+|[\p{L}\p{N}]+/gu)) {
    if (!/\p{Script=Han}/u.test(run)) {
      if (run.length > 2) out.add(run);
      continue;
    }
    for (let i = 0; i + 1 < run.length; i++) if (/^\p{Script=Han}{2}$/u.test(run.slice(i, i + 2))) out.add(run.slice(i, i + 2));
  }
  return out;
}

// weigh knows how many answers have a part: what is in many says little.
function weigh(answers) {
  const known = new Map();
  const all = answers.map((a) => ({ ...a, title: parts(a.subject), parts: parts(`${a.subject} ${a.text}`) }));
  for (const a of all) for (const p of a.parts) known.set(p, (known.get(p) ?? 0) + 1);
  const common = Math.max(3, all.length / 5);
  const weight = (p) => (known.get(p) > common ? 0 : Math.log(1 + all.length / known.get(p)));
  return { all, weight };
}

function similar({ all, weight }, text) {
  const typed = [...parts(text.slice(0, longest))];
  return all.map((a) => {
    const shared = typed.filter((p) => a.parts.has(p) && weight(p) > 0);
    return { a, n: shared.length, score: shared.reduce((sum, p) => sum + weight(p) * (a.title.has(p) ? 2 : 1), 0) };
  }).filter((x) => x.n >= 2).sort((x, y) => y.score - x.score).slice(0, shownMost).map((x) => x.a);
}

function start() {
  const { subject, body } = form.elements;
  const list = box.querySelector("ul");
  const said = form.querySelector("[data-similar-said]");
  let answers, wait, before = "";

  const load = () => (answers ??= fetch("/answers/titles.json", { headers: { accept: "application/json" } })
    .then((r) => (r.ok ? r.json() : [])).then(weigh).catch(() => weigh([])));

  const show = (found) => {
    const now = found.map((a) => a.href).join(" ");
    if (now === before) return;
    before = now;
    list.replaceChildren(...found.map((a) => {
      const link = Object.assign(document.createElement("a"), { href: a.href, textContent: a.subject, target: "_blank", rel: "noopener" });
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    said.textContent = found.length ? said.dataset.words.replace("%d", found.length) : "";
    box.hidden = found.length === 0;
  };

  const look = async () => show(similar(await load(), `${subject.value} ${body.value}`));
  subject.addEventListener("focus", load, { once: true });
  subject.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(look, pause);
  });
  body.addEventListener("change", look); // when it is left: while it is written, nothing above it moves
  if (subject.value || body.value) look();
}

if (box) start();
