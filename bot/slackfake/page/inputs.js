// Input blocks of modals: how they are drawn, and how their values are read.

import { el } from "./dom.js";
import { options } from "./elements.js";

// input renders an input block with its label, hint and error.
export function input(block, ctx) {
  const state = ctx.values?.[block.block_id]?.[block.element.action_id] || {};
  const id = `input-${block.block_id}`;
  const field = control(block.element, state, id);
  if (block.dispatch_action) field.addEventListener("keydown", (event) => sends(event, block, ctx));
  field.setAttribute("data-block", block.block_id);
  const described = [];
  const hint = block.hint && el("p", { class: "hint", id: `${id}-hint` }, block.hint.text);
  if (hint) described.push(hint.id);
  const error = el("p", { class: "error", id: `${id}-error`, "data-error": block.block_id });
  described.push(error.id);
  field.setAttribute("aria-describedby", described.join(" "));
  const label = [block.label.text, block.optional ? el("small", {}, " (optional)") : null];
  if (field.tagName === "FIELDSET") {
    field.prepend(el("legend", {}, ...label));
    return el("div", { class: "block input" }, field, hint, error);
  }
  field.classList.add("field");
  return el("div", { class: "block input" }, el("label", { class: "name", for: id }, ...label), field, hint, error);
}

// sends asks what was typed when Enter is pressed, as blocks with dispatch_action do.
function sends(event, block, ctx) {
  if (event.key !== "Enter" || event.isComposing || !event.target.value.trim()) return;
  event.preventDefault();
  ctx.click({ action_id: block.element.action_id, value: event.target.value });
}

const kinds = { email_text_input: "email", url_text_input: "url", number_input: "text", datepicker: "date", timepicker: "time" };

function control(e, state, id) {
  const placeholder = e.placeholder?.text;
  switch (e.type) {
    case "static_select":
      return el("select", { id }, el("option", { value: "" }, placeholder || "Choose"), options(e, [state.selected_option?.value]));
    case "multi_static_select": case "checkboxes":
      return choices(e, "checkbox", (state.selected_options || []).map((o) => o.value), id);
    case "radio_buttons":
      return choices(e, "radio", [state.selected_option?.value], id);
    case "plain_text_input":
      if (e.multiline) return el("textarea", { id, rows: 4, placeholder }, state.value || "");
      return el("input", { id, type: "text", autocomplete: "off", spellcheck: "false", placeholder, value: state.value });
    default:
      return el("input", {
        id, type: kinds[e.type] || "text", autocomplete: "off", placeholder, value: state.value || state.selected_date || state.selected_time,
      });
  }
}

function choices(e, type, chosen, id) {
  const all = e.options || (e.option_groups || []).flatMap((g) => g.options);
  return el("fieldset", { id }, el("div", { class: "choices" }, all.map((o) => el("label", { class: "choice" },
    el("input", { type, name: id, value: o.value, checked: chosen.includes(o.value) }), o.text.text))));
}

// read collects the values of all inputs within a node, by block_id.
export function read(node) {
  const values = {};
  for (const field of node.querySelectorAll("[data-block]")) {
    if (field.tagName !== "FIELDSET") {
      values[field.dataset.block] = field.value;
      continue;
    }
    const checked = [...field.querySelectorAll("input:checked")].map((i) => i.value);
    const single = field.querySelector("input[type=radio]");
    values[field.dataset.block] = single ? checked[0] || "" : checked;
  }
  return values;
}

// showErrors writes errors below the inputs they belong to, and goes to the first when
// they are new.
export function showErrors(node, errors) {
  const news = JSON.stringify(errors);
  if (node.dataset.errors === news) return;
  node.dataset.errors = news;
  let first = null;
  for (const place of node.querySelectorAll("[data-error]")) {
    const error = errors[place.dataset.error] || "";
    const field = node.querySelector(`[data-block="${CSS.escape(place.dataset.error)}"]`);
    place.textContent = error;
    field?.setAttribute("aria-invalid", error ? "true" : "false");
    if (error) first ||= field;
  }
  (first?.tagName === "FIELDSET" ? first.querySelector("input") : first)?.focus();
}
