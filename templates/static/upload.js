// Files: shows what was chosen, takes single files back, accepts dropped ones,
// and sends form[data-upload] with progress.
const size = (n) => n < 1000 ? `${n} B` : n < 1e6 ? `${Math.round(n / 1000)} KB` : `${(n / 1e6).toFixed(1).replace(/\.0$/, "")} MB`;

export function files(root) {
  for (const drop of root.querySelectorAll("[data-files]")) {
    const input = drop.querySelector("input[type=file]");
    const list = drop.querySelector("ul");
    let chosen = [];
    const put = (next) => {
      const all = new DataTransfer();
      for (const file of next) all.items.add(file);
      input.files = all.files;
      chosen = next;
      show();
    };
    const show = () => list.replaceChildren(...chosen.map((file, i) => entry(file, drop.dataset.remove, () => {
      put(chosen.filter((_, j) => j !== i));
      input.focus();
    })));
    input.addEventListener("change", () => {
      const fresh = [...input.files].filter((f) => !chosen.some((c) => c.name === f.name && c.size === f.size));
      put(input.multiple ? [...chosen, ...fresh] : [...input.files]);
    });
    for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.add("over"); });
    for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.remove("over"); });
    drop.addEventListener("drop", (e) => put(input.multiple ? [...chosen, ...e.dataTransfer.files] : [...e.dataTransfer.files].slice(0, 1)));
  }
}

function entry(file, remove, take) {
  const li = document.createElement("li");
  const mark = file.type.startsWith("image/") ? picture(file) : Object.assign(document.createElement("span"), { className: "file-mark" });
  const name = Object.assign(document.createElement("span"), { className: "file-name", textContent: file.name });
  const bytes = Object.assign(document.createElement("span"), { className: "file-size", textContent: size(file.size) });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet small", textContent: remove });
  button.setAttribute("aria-label", `${remove} ${file.name}`);
  button.addEventListener("click", take);
  li.append(mark, name, bytes, button);
  return li;
}

function picture(file) {
  const img = Object.assign(document.createElement("img"), { alt: "", width: 40, height: 40, src: URL.createObjectURL(file) });
  img.addEventListener("load", () => URL.revokeObjectURL(img.src), { once: true });
  return img;
}

export function upload(root) {
  for (const form of root.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (e) => {
      const any = [...form.querySelectorAll("input[type=file]")].some((i) => i.files.length > 0);
      if (!any || e.defaultPrevented) return;
      e.preventDefault();
      send(form, e.submitter);
    });
  }
}

// The answer to a form is a page. One reached by a redirect is opened anew; the
// form that comes back is shown as it came, with its scripts started again: the
// browser runs a module once for each address.
function send(form, submitter) {
  const shown = form.querySelector("[data-upload-progress]");
  const bar = shown?.querySelector("progress");
  const failed = form.querySelector("[data-upload-failed]");
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  if (shown) shown.hidden = false;
  if (failed) failed.hidden = true;

  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.addEventListener("progress", (e) => { if (bar && e.lengthComputable) { bar.max = e.total; bar.value = e.loaded; } });
  request.addEventListener("load", () => {
    if (new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
      location.replace(request.responseURL);
      return;
    }
    const page = request.responseText.replace(/(<script type="module" src="[^"?]+)"/g, `$1?${Date.now()}"`);
    document.open();
    document.write(page);
    document.close();
  });
  request.addEventListener("error", () => {
    if (shown) shown.hidden = true;
    if (failed) { failed.hidden = false; failed.focus(); }
    form.dispatchEvent(new Event("release"));
  });
  request.send(data);
}
