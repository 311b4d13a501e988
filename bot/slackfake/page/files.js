// Files in messages, with a preview of a CSV as a table.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { file, fileAddress } from "./api.js";

const shownRows = 6; // of a preview before "Show all"

// attachment is a file's card. Its content is asked for once the card is drawn.
export function attachment(f, user) {
  const preview = el("div", { class: "preview", tabindex: "0", role: "region", "aria-label": `Preview of ${f.name}` });
  const foot = el("div", { class: "file-foot" });
  file(user, f.id).then((text) => show(text, false), (err) => { preview.textContent = err.message; });
  function show(text, all) {
    const [head, ...body] = csv(text);
    preview.replaceChildren(grid(head || [], all ? body : body.slice(0, shownRows)));
    const more = body.length - shownRows;
    foot.replaceChildren(body.length === 1 ? "1 row" : `${body.length} rows`, more > 0
      ? el("button", { type: "button", class: "quiet", onclick: () => show(text, !all) }, all ? "Show fewer" : `Show ${more} more`) : "");
  }
  return el("div", { class: "file" },
    el("div", { class: "file-head" }, el("span", { class: "file-icon" }, icon("file")),
      el("span", { class: "file-name" }, el("b", {}, f.title || f.name), el("small", {}, `${f.name} · ${size(f.size)}`)),
      el("a", { class: "icon-button", href: fileAddress(user, f.id), download: f.name, "aria-label": `Download ${f.name}` }, icon("download"))),
    preview, foot);
}

function grid(head, body) {
  return el("table", {}, el("thead", {}, el("tr", {}, head.map((c) => el("th", { scope: "col" }, c)))),
    el("tbody", {}, body.map((row) => el("tr", {}, row.map((c) => el("td", {}, c))))));
}

function size(bytes) {
  return bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// csv reads comma-separated text as RFC 4180 has it: quotes around a cell, doubled within.
export function csv(text) {
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const out = [];
  let row = [];
  text = text.replace(/^\ufeff/, "");
  while (cells.lastIndex < text.length) {
    const match = cells.exec(text);
    if (!match) break;
    row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] !== ",") {
      out.push(row);
      row = [];
    }
  }
  if (row.length) out.push(row);
  return out;
}
