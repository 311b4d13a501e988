// The question that a button asks first, and the JSON behind what is shown.

import { copy, el } from "./dom.js";
import { icon } from "./icons.js";
import { text } from "./blocks.js";

const dialog = document.getElementById("ask");

function show(wide, title, body, foot) {
  dialog.classList.toggle("wide", wide);
  dialog.replaceChildren(
    el("div", { class: "dialog-head" }, el("h2", { id: "ask-title" }, title),
      el("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
    el("div", { class: "dialog-body" }, body), el("div", { class: "dialog-foot" }, foot));
  dialog.showModal();
}

// ask asks before a button with a confirm object does anything.
export function ask(confirm, ctx) {
  return new Promise((resolve) => {
    let yes = false;
    dialog.addEventListener("close", () => resolve(yes), { once: true });
    const style = confirm.style === "danger" ? "danger" : "primary";
    show(false, text(confirm.title, ctx), el("p", {}, text(confirm.text, ctx)), [
      el("button", { type: "button", class: "button large", onclick: () => dialog.close() }, text(confirm.deny, ctx)),
      el("button", { type: "button", class: `button large ${style}`, onclick: () => { yes = true; dialog.close(); } }, text(confirm.confirm, ctx)),
    ]);
  });
}

// builderAddress is Slack's own preview of blocks or of a view. Nothing is fetched: it is a link.
export function builderAddress(what) {
  return `https://app.slack.com/block-kit-builder/#${encodeURIComponent(JSON.stringify(what))}`;
}

// source shows JSON to copy, and links to Slack's own preview of it.
export function source(title, what) {
  const json = JSON.stringify(what, null, 2);
  const button = el("button", { type: "button", class: "button large primary", onclick: () => copy(json, button) }, "Copy");
  const preview = what.blocks
    ? el("a", { class: "button large", href: builderAddress(what.type ? what : { blocks: what.blocks }), target: "_blank", rel: "noopener noreferrer" }, "Block Kit Builder", icon("open")) : null;
  show(true, title, el("pre", { tabindex: "0", "aria-label": "JSON" }, json), [preview, button]);
}
