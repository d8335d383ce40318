// Windows, questions in place, and menus: native elements, made a little nicer.
export function open(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
  return dialog;
}

export function dialogs(root) {
  root.addEventListener("click", (e) => {
    const opener = e.target.closest("[data-dialog]");
    if (opener && document.getElementById(opener.dataset.dialog)?.showModal) {
      e.preventDefault();
      open(opener.dataset.dialog);
    }
    const closer = e.target.closest("dialog [data-close]");
    if (closer) { e.preventDefault(); closer.closest("dialog").close(); }
    if (e.target.matches?.("dialog[open]")) e.target.close();
  });
}

export function confirms(root) {
  for (const box of root.querySelectorAll("[data-confirm]")) {
    const no = box.querySelector("[data-close]");
    const close = () => { box.open = false; box.querySelector("summary").focus(); };
    if (no) { no.hidden = false; no.addEventListener("click", close); }
    box.addEventListener("keydown", (e) => { if (e.key === "Escape" && box.open) { e.stopPropagation(); close(); } });
    box.addEventListener("toggle", () => { if (box.open) (box.querySelector("input:not([type=hidden])") ?? no)?.focus(); });
  }
}

export function menus(root) {
  for (const menu of root.querySelectorAll("[data-menu]")) {
    root.addEventListener("click", (e) => { if (!menu.contains(e.target)) menu.open = false; });
    menu.addEventListener("keydown", (e) => {
      if (e.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  }
}
