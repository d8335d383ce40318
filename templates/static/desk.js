// The keyboard of the desks. data-key="e" (or "g i") presses what carries it,
// data-key-focus="/" focuses it, j and k move along [data-row].
import { open } from "./dialog.js";

const typing = (el) => el.isContentEditable || el.closest("input:not([type=checkbox], [type=radio]), textarea, select");
let before = "", beforeAt = 0;

document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); palette(); return; }
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.key === "Escape" && typing(e.target) && !e.target.closest("dialog")) { e.target.blur(); return; }
  if (typing(e.target) || document.querySelector("dialog[open]")) return;
  const chord = before && e.timeStamp - beforeAt < 1200 ? `${before} ${e.key}` : "";
  if ((chord && press(chord)) || press(e.key) || move(e.key)) { e.preventDefault(); before = ""; return; }
  before = e.key; beforeAt = e.timeStamp;
});

function press(key) {
  if (key === "?") return open("keys") !== null;
  const focus = document.querySelector(`[data-key-focus="${CSS.escape(key)}"]`);
  if (focus) { focus.focus(); focus.select?.(); return true; }
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((el) => !el.disabled && (el.checkVisibility?.() ?? true));
  target?.click();
  return Boolean(target);
}

function move(key) {
  const step = { j: 1, k: -1 }[key];
  const links = [...document.querySelectorAll("[data-row] .row-link, a[data-row]")];
  if (!step || links.length === 0) return false;
  const rows = links.map((l) => l.closest("[data-row]"));
  let at = links.indexOf(document.activeElement);
  if (at < 0) at = rows.findIndex((r) => r.hasAttribute("aria-current"));
  const next = links[Math.min(Math.max(at < 0 ? 0 : at + step, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// The form of an act opens in its button's place: what comes first is focused,
// and escape or "not yet" puts it away.
for (const act of document.querySelectorAll("[data-act]")) {
  const no = act.querySelector("[data-close]");
  const close = () => { act.open = false; act.querySelector("summary").focus(); };
  if (no) { no.hidden = false; no.addEventListener("click", close); }
  act.addEventListener("keydown", (e) => { if (e.key === "Escape" && act.open) { e.stopPropagation(); close(); } });
  act.addEventListener("toggle", () => { if (act.open) act.querySelector("form :is(textarea, select, input:not([type=hidden])), form button")?.focus(); });
}

// A text to start from goes where the cursor is, without a way to the server.
for (const button of document.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", (e) => {
    const area = document.getElementById(button.dataset.insert);
    const text = button.form.elements.template?.selectedOptions[0]?.dataset.text;
    if (!area || !text) return;
    e.preventDefault();
    area.focus();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// The palette lists what the page can do and where the navigation leads.
function palette() {
  const dialog = open("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  const acts = [...document.querySelectorAll("main [data-key], .sidenav a")].map((el) => ({ label: (el.querySelector("span") ?? el).textContent.trim(), key: el.dataset.key ?? "", run: () => el.click() }));
  const search = document.querySelector(".topbar-search");
  let found = [], at = 0;

  const show = () => {
    const q = input.value.trim().toLowerCase();
    found = acts.filter((a) => a.label.toLowerCase().includes(q));
    if (q && search) found.push({ label: list.dataset.search.replace("#", input.value.trim()), key: "", run: () => { search.elements.q.value = input.value.trim(); search.submit(); } });
    at = 0;
    list.replaceChildren(...found.map(option));
    mark();
  };
  const option = (act, i) => {
    const li = Object.assign(document.createElement("li"), { id: `palette-${i}`, textContent: act.label });
    li.setAttribute("role", "option");
    if (act.key) li.append(Object.assign(document.createElement("kbd"), { textContent: act.key }));
    li.addEventListener("click", () => { dialog.close(); act.run(); });
    return li;
  };
  const mark = () => {
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  input.oninput = show;
  input.onkeydown = (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && found.length) { e.preventDefault(); at = (at + step + found.length) % found.length; mark(); }
    if (e.key === "Enter" && !e.isComposing && found[at]) { e.preventDefault(); dialog.close(); found[at].run(); }
  };
  input.value = "";
  show();
  input.focus();
}
