// The panels of the tray: one is open at a time, its first question has the
// focus, and escape puts it away.
for (const panel of document.querySelectorAll("details.act")) {
  panel.addEventListener("toggle", () => {
    if (!panel.open) return;
    panel.scrollIntoView({ block: "nearest" });
    panel.querySelector("select, textarea, input:not([type=hidden]), .act-form button")?.focus();
  });
  panel.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !panel.open) return;
    e.stopPropagation();
    panel.open = false;
    panel.querySelector("summary").focus();
  });
}
document.querySelector(".tray-list [aria-current]")?.scrollIntoView({ block: "nearest" });
