// Small conveniences of a page.
export function copies(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    const word = button.querySelector("span");
    const before = word.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      word.textContent = button.dataset.copied;
      setTimeout(() => { word.textContent = before; }, 2000);
    });
  }
}

export function toasts(root) {
  for (const toast of root.querySelectorAll("[data-toast]")) {
    const close = toast.querySelector(":scope > [data-close]");
    if (close) { close.hidden = false; close.addEventListener("click", () => toast.remove()); }
    const word = toast.querySelector("[data-left]");
    let left = Number(toast.dataset.seconds);
    if (!word || !left) continue;
    const tick = setInterval(() => {
      left -= 1;
      word.textContent = word.dataset.left.replace("#", left);
      if (left <= 0) { clearInterval(tick); toast.remove(); }
    }, 1000);
  }
}

// A strip of tabs shows the one that is current.
export function strips(root) {
  for (const current of root.querySelectorAll(".tabs [aria-current]")) {
    const strip = current.closest(".tabs");
    const [at, frame] = [current.getBoundingClientRect(), strip.getBoundingClientRect()];
    if (at.left < frame.left || at.right > frame.right) strip.scrollLeft += at.left - frame.left - (frame.width - at.width) / 2;
  }
}

// The words of a chart's value beside the pointer.
export function tips(root) {
  let tip;
  root.addEventListener("pointerover", (e) => {
    const at = e.target.closest?.("[data-tip]");
    tip?.remove();
    tip = null;
    if (!at) return;
    tip = Object.assign(document.createElement("div"), { className: "tip", textContent: at.dataset.tip });
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
    const box = at.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + box.width / 2 - tip.offsetWidth / 2, 4), document.documentElement.clientWidth - tip.offsetWidth - 4);
    tip.style.left = `${x + scrollX}px`;
    tip.style.top = `${box.top + scrollY - tip.offsetHeight - 6}px`;
  });
}

// The whole row is the link, also where a stretched link does not reach.
export function rows(root) {
  root.addEventListener("click", (e) => {
    const row = e.target.closest?.("[data-row]");
    if (!row || e.target.closest("a, button, input, label, summary") || getSelection().toString()) return;
    row.querySelector(".row-link")?.click();
  });
}

export function printing(root) {
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}
