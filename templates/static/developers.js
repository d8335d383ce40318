// What a question answers is shown below it instead of on a page of its own.
const most = 20000;

async function ask(link) {
  const out = link.closest("li").querySelector(".developers-out");
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { Accept: "application/json" } });
    const body = await answer.text();
    let shown = body;
    try { shown = JSON.stringify(JSON.parse(body), null, 2); } catch { /* it is no JSON and is shown as it came */ }
    out.textContent = `HTTP ${answer.status}\n\n${shown.length > most ? shown.slice(0, most) + "\n…" : shown}`;
    out.hidden = false;
    out.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (e) => {
  const link = e.target.closest?.("[data-try]");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  ask(link);
});
