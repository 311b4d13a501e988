// The modal on top of a person's stack, and small questions.

import { el } from "./dom.js";
import { blocks, text } from "./blocks.js";
import { read, showErrors } from "./inputs.js";

const dialog = document.getElementById("modal");
let shown = "";

// modal shows the view on top, or none. What is typed stays while the view is the same.
export function modal(state, doing) {
  const view = state.modals[state.modals.length - 1];
  const key = view ? `${state.me.id} ${view.id} ${view.revision}` : "";
  if (key !== shown) {
    shown = key;
    if (!view) {
      dialog.close();
      return;
    }
    draw(view, state, doing);
    if (!dialog.open) dialog.showModal();
    (dialog.querySelector("input, select, textarea") || dialog.querySelector("h2")).focus();
  }
  if (!view) return;
  showErrors(dialog, view.errors);
  dialog.querySelector(".trouble").textContent = view.trouble;
}

function draw(view, state, doing) {
  const form = el("form", { method: "dialog" });
  const ctx = {
    names: state.names, zone: state.me.tz, values: view.values, confirm: doing.confirm,
    click: (action) => doing.click({ view: view.id, values: read(form), ...action }),
  };
  form.append(
    el("h2", { id: "modal-title", tabindex: "-1" }, view.title), ...blocks(view.blocks, ctx), el("p", { class: "trouble", role: "alert" }),
    el("p", { class: "buttons" },
      el("button", { type: "button", class: "close", onclick: () => doing.close(view) }, view.close || "Close"),
      view.submit ? el("button", { type: "submit", class: "primary" }, view.submit) : null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    doing.submit(view, read(form));
  });
  dialog.oncancel = (event) => {
    event.preventDefault();
    doing.close(view);
  };
  dialog.replaceChildren(form);
  delete dialog.dataset.errors;
}

const question = document.getElementById("ask");

// ask asks before a button with a confirm object does anything.
export function ask(confirm, ctx) {
  return new Promise((resolve) => {
    const end = (yes) => () => { question.close(); resolve(yes); };
    question.oncancel = () => resolve(false);
    question.replaceChildren(el("h2", {}, text(confirm.title, ctx)), el("p", {}, text(confirm.text, ctx)),
      el("p", { class: "buttons" }, el("button", { type: "button", onclick: end(false) }, text(confirm.deny, ctx)),
        el("button", { type: "button", class: "primary", onclick: end(true) }, text(confirm.confirm, ctx))));
    question.showModal();
  });
}

// source shows the blocks of a message as JSON, to copy, and a link to Slack's own preview.
export function source(list) {
  const json = JSON.stringify({ blocks: list }, null, 2);
  const builder = `https://app.slack.com/block-kit-builder/#${encodeURIComponent(JSON.stringify({ blocks: list }))}`;
  question.oncancel = null;
  question.replaceChildren(el("h2", {}, "Blocks"), el("pre", { class: "json", tabindex: "0" }, json),
    el("p", { class: "buttons" },
      el("button", { type: "button", onclick: () => navigator.clipboard.writeText(json) }, "Copy"),
      el("a", { href: builder, target: "_blank", rel: "noopener noreferrer" }, "Block Kit Builder"),
      el("button", { type: "button", onclick: () => question.close() }, "Close")));
  question.showModal();
}
