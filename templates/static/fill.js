// The preview of a text with variables follows what is typed.
for (const list of document.querySelectorAll("[data-fill]")) {
  const source = document.getElementById(list.dataset.fill);
  const place = document.getElementById(list.dataset.fillInto);
  const values = new Map([...list.querySelectorAll("div")].map((pair) => [pair.querySelector("dt").textContent, pair.querySelector("dd").textContent]));
  const paper = document.createElement("p");
  const show = () => {
    let text = source.value;
    for (const [name, value] of values) text = text.replaceAll(name, () => value);
    paper.textContent = text;
    place.replaceChildren(paper);
  };
  source.addEventListener("input", show);
  show();
}
