// Keeps what was typed in form[data-draft="name"] on this device until it is
// sent, and puts it back into fields that are empty or stand in
// [data-draft-over]. The page that follows a sent form carries data-draft-sent="name". The
// box [data-draft-shared] wipes what is kept and keeps nothing from then on.
const prefix = "draft:";
const lasts = 14 * 24 * 3600 * 1000;

const store = {
  read(name) {
    try {
      const kept = JSON.parse(localStorage.getItem(prefix + name));
      return kept && Date.now() - kept.at < lasts ? kept.values : null;
    } catch { return null; }
  },
  write(name, values) {
    try { localStorage.setItem(prefix + name, JSON.stringify({ at: Date.now(), values })); return true; } catch { return false; }
  },
  wipe(name) { try { localStorage.removeItem(prefix + name); } catch { /* nothing was kept */ } },
};

const keeps = (el) => el.name && !["password", "file", "hidden", "submit", "button"].includes(el.type) && !el.closest("[data-draft-skip]") && !el.matches("[data-draft-shared]");

function collect(form) {
  const values = {};
  for (const el of form.elements) {
    if (!keeps(el)) continue;
    if (el.type === "radio" || el.type === "checkbox") {
      if (el.checked) (values[el.name] ??= []).push(el.value);
    } else if (el.value) values[el.name] = el.value;
  }
  return values;
}

function restore(form, values) {
  let restored = false;
  for (const el of form.elements) {
    if (!keeps(el) || !(el.name in values)) continue;
    const value = values[el.name];
    if (el.type === "radio" || el.type === "checkbox") {
      el.checked = Array.isArray(value) && value.includes(el.value);
    } else if ((!el.value || el.closest("[data-draft-over]")) && typeof value === "string" && el.value !== value) {
      el.value = value;
      restored = true;
    }
    el.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return restored;
}

export function drafts(root) {
  for (const el of root.querySelectorAll("[data-draft-sent]")) store.wipe(el.dataset.draftSent);
  for (const form of root.querySelectorAll("form[data-draft]")) follow(form);
}

function follow(form) {
  const name = form.dataset.draft;
  const shared = form.querySelector("[data-draft-shared]");
  const word = form.querySelector("[data-draft-word]");
  const notice = form.querySelector("[data-draft-restored]");
  const kept = store.read(name);
  if (kept && restore(form, kept) && notice) notice.hidden = false;
  form.querySelector("[data-draft-discard]")?.addEventListener("click", () => {
    store.wipe(name);
    form.reset();
    if (notice) notice.hidden = true;
  });

  let timer, sent = false;
  const save = () => {
    clearTimeout(timer);
    if (sent || shared?.checked) return;
    const values = collect(form);
    const ok = Object.keys(values).length > 0 && store.write(name, values);
    if (word) word.hidden = !ok;
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 400); });
  shared?.addEventListener("change", () => {
    if (shared.checked) store.wipe(name); else save();
    if (word) word.hidden = true;
  });
  form.addEventListener("submit", save);
  window.addEventListener("pagehide", save);
}
