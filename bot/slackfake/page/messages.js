// Messages of a channel or a thread.

import { el, keyed } from "./dom.js";
import { blocks } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { file, fileAddress } from "./api.js";

// messages renders a list; doing has what the reader can do: click, openThread, edit,
// remove, shortcut, confirm.
export function messages(parent, list, state, doing) {
  const atEnd = parent.scrollHeight - parent.scrollTop - parent.clientHeight < 40;
  const replies = new Map();
  for (const m of Object.values(state.messages).flat()) {
    if (m.thread_ts && m.thread_ts !== m.ts && !m.ephemeral) replies.set(m.thread_ts, (replies.get(m.thread_ts) || 0) + 1);
  }
  const keyOf = (m) => [state.me.id, m.ts, m.revision, replies.get(m.ts) || 0, (m.files || []).length].join(" ");
  keyed(parent, list, keyOf, (m) => message(m, replies.get(m.ts) || 0, state, doing));
  if (atEnd) parent.scrollTop = parent.scrollHeight;
}

function message(m, replies, state, doing) {
  const ctx = {
    names: state.names, zone: state.me.tz, confirm: doing.confirm,
    click: (action) => doing.click(m, action),
  };
  const name = state.names[m.user] || m.user;
  const when = new Date(Number(m.ts) * 1000);
  const head = el("p", { class: "who" }, el("b", {}, name), m.bot ? el("small", { class: "app" }, " APP") : null, " ",
    el("time", { datetime: when.toISOString() }, when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: state.me.tz })));
  const body = m.blocks ? blocks(m.blocks, ctx) : m.text ? [el("p", {}, mrkdwn(m.text, ctx))] : [];
  return el("article", { class: m.ephemeral ? "message private" : "message", "data-ts": m.ts, "aria-label": `Message of ${name}` },
    m.ephemeral ? el("p", { class: "only" }, "Only visible to you") : null,
    m.command ? el("p", { class: "only" }, `${name} was asked: ${m.command}`) : null,
    head, ...body, m.edited ? el("small", {}, " (edited)") : null,
    ...(m.files || []).map((f) => attachment(f, state.me.id)),
    replies ? el("button", { type: "button", class: "replies", onclick: () => doing.openThread(m) }, replies === 1 ? "1 reply" : `${replies} replies`) : null,
    menu(m, state, doing));
}

// menu is what can be done with a message as such.
function menu(m, state, doing) {
  const entries = [];
  const entry = (label, run) => entries.push(el("button", { type: "button", onclick: run }, label));
  if (!m.ephemeral) {
    entry("Reply in thread", () => doing.openThread(m));
    state.shortcuts.filter((s) => s.message).forEach((s) => entry(s.name, () => doing.shortcut(s.id, m)));
  }
  if (m.user === state.me.id && !m.ephemeral) {
    entry("Edit", () => doing.edit(m));
    entry("Delete", () => doing.remove(m));
  }
  if (m.blocks) entry("JSON", () => doing.source(m));
  return el("details", { class: "menu" }, el("summary", { "aria-label": "More actions" }, "⋯"), entries);
}

function attachment(f, user) {
  const preview = el("pre", { class: "preview", hidden: true });
  const show = el("button", {
    type: "button", onclick: async () => {
      preview.textContent = await file(user, f.id).catch((err) => err.message);
      preview.hidden = !preview.hidden;
    },
  }, "Preview");
  return el("div", { class: "file" }, el("a", { href: fileAddress(user, f.id), download: f.name }, f.name), ` ${f.size} bytes `, show, preview);
}
