// Buttons, menus and pickers that stand in messages and views.

import { el } from "./dom.js";

// element renders an interactive element; ctx.click gets {action_id, value?}.
export function element(e, block, ctx) {
  switch (e.type) {
    case "button": return button(e, ctx);
    case "overflow": return menu(e, ctx, "More");
    case "static_select": case "radio_buttons": return menu(e, ctx, e.placeholder?.text || "Choose");
    case "datepicker": return el("input", { type: "date", "aria-label": "Date", value: e.initial_date, onchange: (event) => pick(e, ctx, event.target.value) });
    case "image": return el("span", { class: "image" }, `[picture: ${e.alt_text}]`);
    default: return el("span", { class: "unknown" }, `[an element of the type ${e.type}]`);
  }
}

function button(e, ctx) {
  const send = async () => {
    if (e.confirm && !(await ctx.confirm(e.confirm))) return;
    if (/^https?:/i.test(e.url || "")) window.open(e.url, "_blank", "noopener,noreferrer");
    await ctx.click({ action_id: e.action_id });
  };
  return el("button", {
    type: "button", class: e.style, "aria-label": e.accessibility_label, title: e.url, "data-action": e.action_id, onclick: send,
  }, e.text.text);
}

function pick(e, ctx, value) {
  if (value) ctx.click({ action_id: e.action_id, value });
}

// menu is a select whose choice is sent at once.
function menu(e, ctx, label) {
  const select = el("select", { "aria-label": label, "data-action": e.action_id, onchange: () => pick(e, ctx, select.value) },
    el("option", { value: "" }, label), options(e, e.initial_option ? [e.initial_option.value] : []));
  return select;
}

// options are the options of a select, in their groups.
export function options(e, chosen) {
  const entry = (o) => el("option", { value: o.value, selected: chosen.includes(o.value) }, o.text.text);
  if (!e.option_groups) return (e.options || []).map(entry);
  return e.option_groups.map((g) => el("optgroup", { label: g.label.text }, g.options.map(entry)));
}
