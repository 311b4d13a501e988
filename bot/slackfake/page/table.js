// The table blocks. A data_table sorts by a click on its head and has pages, all in the
// browser, as Slack does it.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { element } from "./elements.js";
import { richText } from "./blocks.js";

const defaultPage = 5;

function cell(c, block, ctx) {
  switch (c.type) {
    case "raw_number": return el("td", { class: "number" }, c.text || String(c.value));
    case "rich_text": return el("td", {}, richText(c, ctx));
    case "action_cell": return el("td", {}, element(c.element, block, ctx));
    default: return el("td", { title: c.text.length > 40 ? c.text : null }, c.text);
  }
}

// plainOf is what a cell is sorted by.
function plainOf(c) {
  if (c.type === "raw_number") return c.value;
  if (c.type === "action_cell") return c.element.text.text;
  return c.text || JSON.stringify(c.elements || "");
}

const isNumeric = (rows, column) => rows.length > 0 && rows.every((row) => row[column].type === "raw_number");

// order compares by number if the whole column is numbers, else as text.
function order(column, rows, down) {
  const by = isNumeric(rows, column) ? (a, b) => plainOf(a[column]) - plainOf(b[column])
    : (a, b) => String(plainOf(a[column])).localeCompare(String(plainOf(b[column])), "en");
  return (a, b) => (down ? -by(a, b) : by(a, b));
}

export function dataTable(block, ctx) {
  const [head, ...rows] = block.rows;
  const size = block.page_size || defaultPage;
  const pages = Math.ceil(rows.length / size);
  let page = 0, column = -1, down = false;
  const body = el("tbody");
  const where = el("span", { role: "status" });
  const turner = (name, label, by) => el("button", { type: "button", class: "icon-button", "aria-label": label, onclick: () => turn(by) }, icon(name));
  const back = turner("left", "Previous rows", -1), on = turner("right", "Next rows", 1);
  const heads = head.map((c, i) => el("th", { scope: "col", class: isNumeric(rows, i) ? "sortable number" : "sortable" },
    el("button", { type: "button", title: `Sort by ${c.text}`, onclick: () => sort(i) }, c.text, icon("updown"))));

  function draw() {
    const sorted = column < 0 ? rows : [...rows].sort(order(column, rows, down));
    body.replaceChildren(...sorted.slice(page * size, page * size + size).map((row) => el("tr", {}, row.map((c) => cell(c, block, ctx)))));
    where.textContent = `${page * size + 1} to ${Math.min(rows.length, page * size + size)} of ${rows.length}`;
    back.setAttribute("aria-disabled", String(page === 0)); // disabled in earnest it would lose the focus
    on.setAttribute("aria-disabled", String(page >= pages - 1));
    heads.forEach((h, i) => {
      h.setAttribute("aria-sort", i !== column ? "none" : down ? "descending" : "ascending");
      h.querySelector("svg").replaceWith(icon(i !== column ? "updown" : down ? "down" : "up"));
    });
  }
  function turn(by) { page = Math.min(Math.max(page + by, 0), pages - 1); draw(); }
  function sort(i) { down = column === i && !down; column = i; page = 0; draw(); }

  draw();
  return el("div", { class: "block table" }, el("div", { class: "table-frame" },
    el("p", { class: "caption" }, block.caption),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": block.caption },
      el("table", { "aria-label": block.caption }, el("thead", {}, el("tr", {}, heads)), body)),
    el("div", { class: "pages" }, where, pages > 1 ? [back, on] : null)));
}

// table is the older block; its first row is the head.
export function table(block, ctx) {
  const [head, ...rows] = block.rows;
  return el("div", { class: "block table" }, el("div", { class: "table-frame" },
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, el("table", { "aria-label": "Table" },
      el("thead", {}, el("tr", {}, head.map((c) => el("th", { scope: "col" }, c.text || String(c.value))))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((c) => cell(c, block, ctx)))))))));
}
