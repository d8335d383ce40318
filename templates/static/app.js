// What script adds to every page. Each page works without it; each part looks
// for its own marks and does nothing when there are none.
import { drafts } from "./draft.js";
import { files, upload } from "./upload.js";
import { dialogs, confirms, menus } from "./dialog.js";
import { grow, counters, guard } from "./form.js";
import { copies, toasts, tips, rows, strips, printing } from "./page.js";

for (const part of [drafts, files, upload, dialogs, confirms, menus, grow, counters, guard, copies, toasts, tips, rows, strips, printing]) {
  part(document);
}
document.querySelector("main [data-focus]")?.focus();
