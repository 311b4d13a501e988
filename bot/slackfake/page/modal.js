// The modal on top of a person's stack.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { blocks } from "./blocks.js";
import { read, showErrors } from "./inputs.js";

const dialog = document.getElementById("modal");
let shown = "";
let id = "";

// modal shows the view on top, or none. What is typed stays while the view is the same.
export function modal(state, doing) {
  const view = state.modals.at(-1);
  const key = view ? `${state.me.id} ${view.id} ${view.revision}` : "";
  if (key !== shown) {
    shown = key;
    if (!view) {
      id = "";
      dialog.close();
      dialog.replaceChildren();
      refocus();
      return;
    }
    const within = dialog.contains(document.activeElement);
    const scrolled = id === view.id ? dialog.querySelector(".dialog-body").scrollTop : 0;
    draw(view, state, doing);
    if (!dialog.open) dialog.showModal();
    if (id !== view.id || within) (dialog.querySelector(".dialog-body :is(input, select, textarea)") || dialog.querySelector("h2")).focus();
    dialog.querySelector(".dialog-body").scrollTop = scrolled;
    id = view.id;
  }
  if (!view) return;
  showErrors(dialog, view.errors || {});
  dialog.querySelector(".trouble").textContent = view.trouble;
}

// refocus gives the field that the browser gave the focus back to its cursor back too:
// without it Chromium takes keys there and writes nothing.
function refocus() {
  const field = document.activeElement;
  if (!field?.matches("input, textarea")) return;
  field.blur();
  field.focus();
}

function draw(view, state, doing) {
  const form = el("form", { method: "dialog", "aria-labelledby": "modal-title" });
  const ctx = {
    names: state.names, zone: state.me.tz, values: view.values, confirm: doing.confirm,
    click: (action) => doing.click({ view: view.id, values: read(form), ...action }),
  };
  const submit = view.submit ? el("button", { type: "submit", class: "button large primary" }, view.submit) : null;
  form.append(
    el("div", { class: "dialog-head" }, el("h2", { id: "modal-title", tabindex: "-1" }, view.title),
      el("button", { type: "button", class: "icon-button", "aria-label": "Close this window", onclick: () => doing.close(view) }, icon("close"))),
    el("div", { class: "dialog-body" }, el("p", { class: "trouble", role: "alert" }), ...blocks(view.blocks, ctx)),
    el("div", { class: "dialog-foot" },
      el("span", { class: "left" }, el("button", { type: "button", class: "quiet", onclick: () => doing.source(view) }, "JSON")),
      el("button", { type: "button", class: "button large close", onclick: () => doing.close(view) }, view.close || "Close"), submit));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit?.getAttribute("aria-busy")) return;
    submit?.setAttribute("aria-busy", "true");
    await doing.submit(view, read(form));
    submit?.removeAttribute("aria-busy");
  });
  dialog.oncancel = (event) => {
    event.preventDefault();
    doing.close(view);
  };
  dialog.replaceChildren(form);
}
