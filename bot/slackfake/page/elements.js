// Buttons, menus and pickers of messages and views.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";

// element renders an interactive element; ctx.click gets {action_id, value?}.
export function element(e, block, ctx) {
  switch (e.type) {
    case "button": return button(e, ctx);
    case "overflow": return overflow(e, ctx);
    case "static_select": case "radio_buttons": return select(e, ctx, e.placeholder?.text || "Choose");
    case "datepicker": return el("input", { type: "date", class: "pick", "aria-label": "Date", value: e.initial_date, onchange: (event) => pick(e, ctx, event.target.value) });
    case "image": return el("span", { class: "image" }, `[picture: ${e.alt_text}]`);
    default: return el("span", { class: "unknown" }, `[an element of the type ${e.type}]`);
  }
}

// button is a link where it has an address; the bot gets the click all the same.
function button(e, ctx) {
  const common = {
    class: ["button", e.style].filter(Boolean).join(" "), "aria-label": e.accessibility_label, "data-action": e.action_id,
    title: e.url || (e.text.text.length > 30 ? e.text.text : null),
  };
  const send = () => ctx.click({ action_id: e.action_id });
  if (/^https?:/i.test(e.url || "")) {
    return el("a", { ...common, href: e.url, target: "_blank", rel: "noopener noreferrer", onclick: send }, el("span", {}, e.text.text));
  }
  const node = el("button", {
    type: "button", ...common, onclick: async () => {
      if (node.getAttribute("aria-busy") || (e.confirm && !(await ctx.confirm(e.confirm)))) return;
      node.setAttribute("aria-busy", "true");
      await send();
      node.removeAttribute("aria-busy");
    },
  }, el("span", {}, e.text.text));
  return node;
}

function pick(e, ctx, value) {
  if (value) ctx.click({ action_id: e.action_id, value });
}

function overflow(e, ctx) {
  return menuButton({ class: "button square", "aria-label": "More", "data-action": e.action_id }, icon("more"),
    () => e.options.map((o) => ({ label: o.text.text, note: o.description?.text, run: () => pick(e, ctx, o.value) })));
}

// select is a menu whose choice is sent at once.
function select(e, ctx, label) {
  const node = el("select", { class: "pick", "aria-label": label, "data-action": e.action_id, onchange: () => pick(e, ctx, node.value) },
    el("option", { value: "" }, label), options(e, e.initial_option ? [e.initial_option.value] : []));
  return node;
}

// options are the options of a select, in their groups.
export function options(e, chosen) {
  const entry = (o) => el("option", { value: o.value, selected: chosen.includes(o.value) }, o.text.text);
  if (!e.option_groups) return (e.options || []).map(entry);
  return e.option_groups.map((g) => el("optgroup", { label: g.label.text }, g.options.map(entry)));
}
