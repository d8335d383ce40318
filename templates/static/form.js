// Text that grows, counters that count down, and buttons pressed once.
export function grow(root) {
  if (CSS.supports("field-sizing", "content")) return;
  for (const area of root.querySelectorAll("textarea[data-grow]")) {
    const fit = () => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; };
    area.addEventListener("input", fit);
    if (area.value) fit();
  }
}

export function counters(root) {
  for (const area of root.querySelectorAll("[data-limit]")) {
    const word = document.getElementById(`${area.id}-count`);
    if (!word) continue;
    const count = () => {
      const left = Number(area.dataset.limit) - [...area.value].length;
      word.textContent = (left < 0 ? area.dataset.limitOver : area.dataset.limitLeft).replace("#", Math.abs(left).toLocaleString("en"));
      word.classList.toggle("over", left < 0);
    };
    area.addEventListener("input", count);
    if (area.value) count();
  }
}

// A form is sent once. The button is free again when the page is left or
// shown anew, so that coming back never finds a dead form; one that answers with
// a file says data-download and is free again by itself.
export function guard(root) {
  root.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post") return;
    if (form.dataset.sending) { e.preventDefault(); return; }
    form.dataset.sending = "yes";
    const button = e.submitter;
    const release = () => { delete form.dataset.sending; button?.removeAttribute("aria-busy"); };
    form.addEventListener("release", release, { once: true });
    window.addEventListener("pagehide", release, { once: true });
    window.addEventListener("pageshow", release, { once: true });
    if (form.hasAttribute("data-download")) setTimeout(release, 1500); // a file leaves the page where it is
    setTimeout(() => { if (form.dataset.sending) button?.setAttribute("aria-busy", "true"); });
  }, true);
}
