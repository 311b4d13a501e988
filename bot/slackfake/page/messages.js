// Messages of a channel or a thread, as rows.

import { clock, el, keyed } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { avatar, nameOf } from "./people.js";
import { blocks } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { attachment } from "./files.js";
import { builderAddress } from "./source.js";

const together = 300; // seconds within which messages of one person share one name

// messages renders a list; view says what surrounds it: {place, intro?, thread?, editing}.
// doing has what the reader can do: click, openThread, edit, save, remove, shortcut, …
export function messages(parent, list, state, doing, view) {
  const moved = parent.dataset.place !== view.place;
  parent.dataset.place = view.place;
  if (moved) ends.get(parent).stays = true;
  const threads = answersOf(state.messages[view.channel] || []);
  const back = focusWithin(parent);
  const last = parent.lastElementChild?.dataset.ts;
  keyed(parent, rows(list, state, threads, view), (r) => r.key, (r) => r.draw(doing));
  back();
  ends.get(parent).drawn(!moved && parent.lastElementChild?.dataset.ts !== last);
}

const ends = new WeakMap(); // how each list keeps to its end

// keepToEnd lets a list stay at its end while it grows or the page changes its size. Who has
// scrolled up stays there, and newer, a button, tells them of new messages.
export function keepToEnd(list, newer) {
  const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const end = {
    stays: true,
    drawn(more) {
      if (end.stays) list.scrollTop = list.scrollHeight;
      else if (more) newer.hidden = false;
    },
  };
  ends.set(list, end);
  let height = list.clientHeight, top = 0;
  list.addEventListener("scroll", () => {
    if (list.clientHeight !== height) return; // it was resized, not scrolled
    const up = list.scrollTop < top;
    top = list.scrollTop;
    if (atEnd()) { end.stays = true; newer.hidden = true; }
    else if (up) end.stays = false; // not where a row has grown in the meantime
  });
  newer.addEventListener("click", () => { toEnd(list); list.focus({ preventScroll: true }); });
  const sizes = new ResizeObserver(() => {
    height = list.clientHeight;
    end.drawn(false);
  });
  sizes.observe(list);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach((row) => sizes.observe(row));
  }).observe(list, { childList: true });
}

// toEnd goes to the end of a list and stays there.
export function toEnd(list) {
  ends.get(list).stays = true;
  list.scrollTop = list.scrollHeight;
}

// focusWithin remembers where the focus is in a list; the returned function gives it back
// after a message was drawn again: to the same button, else to the message.
function focusWithin(parent) {
  const old = document.activeElement;
  const ts = parent.contains(old) && old.closest("article")?.dataset.ts;
  if (!ts) return () => {};
  const label = old.textContent, action = old.dataset.action;
  return () => {
    const row = parent.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
    if (!row || row.contains(old)) return;
    const same = [...row.querySelectorAll("button, a, select")].find((b) => b.textContent === label && !b.dataset.action === !action);
    (same || row).focus({ preventScroll: true });
  };
}

// answersOf counts what hangs below each message: {count, own, last, users}.
function answersOf(all) {
  const threads = new Map();
  for (const m of all) {
    if (!m.thread_ts || m.thread_ts === m.ts) continue;
    const t = threads.get(m.thread_ts) || { count: 0, own: 0, last: "", users: [] };
    if (m.ephemeral) t.own++;
    else t.count++;
    t.last = m.ts;
    if (!t.users.includes(m.user)) t.users.push(m.user);
    threads.set(m.thread_ts, t);
  }
  return threads;
}

function rows(list, state, threads, view) {
  const out = view.intro ? [view.intro] : [];
  let before = null;
  list.forEach((m, i) => {
    const day = dayOf(m, state.me.tz);
    const newDay = !before || dayOf(before, state.me.tz) !== day;
    if (newDay && !view.thread) out.push({ key: `day ${day}`, draw: () => el("div", { class: "day" }, el("span", {}, dayName(day, state.me.tz))) });
    const follows = !newDay && before.user === m.user && !m.ephemeral && !before.ephemeral && !m.command && Number(m.ts) - Number(before.ts) < together;
    const t = view.thread ? undefined : threads.get(m.ts);
    const editing = view.editing === m.ts;
    const key = [state.me.id, m.ts, m.revision, t?.count, t?.own, m.files?.length, editing, follows].join(" ");
    out.push({ key, draw: (doing) => message(m, { state, doing, t, editing, follows }) });
    if (view.thread && i === 0 && list.length > 1) {
      const n = list.length - 1;
      out.push({ key: `count ${n}`, draw: () => el("div", { class: "count" }, n === 1 ? "1 reply" : `${n} replies`) });
    }
    before = m;
  });
  return out;
}

const dayOf = (m, zone) => new Date(Number(m.ts) * 1000).toLocaleDateString("en-CA", { timeZone: zone });

function dayName(day, zone) {
  if (day === new Date().toLocaleDateString("en-CA", { timeZone: zone })) return "Today";
  return new Date(`${day}T12:00:00Z`).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
}

function message(m, { state, doing, t, editing, follows }) {
  const ctx = { names: state.names, zone: state.me.tz, confirm: doing.confirm, click: (action) => doing.click(m, action) };
  const name = nameOf(state, m.user);
  const when = new Date(Number(m.ts) * 1000);
  const time = el("time", { datetime: when.toISOString() }, clock(when, state.me.tz));
  const head = follows ? null : el("div", { class: "who" }, el("b", {}, name), m.bot ? el("span", { class: "app" }, "APP") : null, time);
  const what = el("div", { class: "what" }, head,
    editing ? editor(m, doing) : content(m, ctx),
    ...(m.files || []).map((f) => attachment(f, state.me.id)),
    t ? threadLink(m, t, state, doing) : null);
  return el("article", {
    class: ["message", m.ephemeral && "private", follows && "follows"].filter(Boolean).join(" "), tabindex: "-1", "data-ts": m.ts,
    "aria-label": `${m.ephemeral ? "Only visible to you. " : ""}${name}, ${clock(when, state.me.tz)}`,
  },
  m.ephemeral ? el("p", { class: "only" }, icon("eye"), "Only visible to you") : null,
  m.command ? el("p", { class: "only" }, "was asked: ", el("code", {}, m.command)) : null,
  follows ? el("span", { class: "aside-time" }, time) : avatar(state, m.user),
  what, editing ? null : bar(m, state, doing));
}

function content(m, ctx) {
  const body = m.blocks ? blocks(m.blocks, ctx) : m.text ? [el("p", {}, mrkdwn(m.text, ctx))] : [];
  const last = body.at(-1);
  if (m.edited) (last?.querySelector("p:last-of-type") || last)?.append(el("span", { class: "edited" }, " (edited)"));
  return body;
}

function threadLink(m, t, state, doing) {
  const label = [t.count ? (t.count === 1 ? "1 reply" : `${t.count} replies`) : "", t.own ? `${t.own} only for you` : ""].filter(Boolean).join(", ");
  return el("button", { type: "button", class: "replies", onclick: () => doing.openThread(m) },
    t.users.slice(0, 4).map((u) => avatar(state, u, "small")), el("b", {}, label),
    el("small", {}, ` last at ${clock(new Date(Number(t.last) * 1000), state.me.tz)}`));
}

// editor changes a message in its place.
function editor(m, doing) {
  const field = el("textarea", { rows: 1, "aria-label": "Edit your message", spellcheck: "false" });
  field.value = doing.typed(m);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") doing.edit(null);
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      doing.save(m, field.value);
    }
  });
  queueMicrotask(() => { field.focus(); field.setSelectionRange(field.value.length, field.value.length); });
  return el("div", { class: "editor" }, field, el("p", {},
    el("button", { type: "button", class: "button", onclick: () => doing.edit(null) }, "Cancel"),
    el("button", { type: "button", class: "button primary", onclick: () => doing.save(m, field.value) }, "Save")));
}

// bar is what can be done with a message as such.
function bar(m, state, doing) {
  const small = (name, label, run) => el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: run }, icon(name));
  return el("div", { class: "bar", role: "group", "aria-label": "Message actions" },
    m.ephemeral ? null : small("thread", "Reply in thread", () => doing.openThread(m, true)),
    small("code", "JSON of this message", () => doing.source(m)),
    menuButton({ class: "icon-button", "aria-label": "More actions", title: "More actions" }, icon("more"), () => actions(m, state, doing)));
}

function actions(m, state, doing) {
  const list = [];
  if (!m.ephemeral) {
    list.push({ label: "Reply in thread", icon: "thread", run: () => doing.openThread(m, true) });
    for (const s of state.shortcuts.filter((x) => x.message)) {
      list.push({ label: s.name, note: "message shortcut of servicesbot", icon: "bolt", run: () => doing.shortcut(s.id, m) });
    }
  }
  list.push({ label: "JSON", note: "what went over the wire", icon: "code", run: () => doing.source(m) });
  if (m.blocks) list.push({ label: "Block Kit Builder", note: "Slack's own preview, in a new tab", icon: "open", href: builderAddress({ blocks: m.blocks }) });
  if (m.user === state.me.id && !m.ephemeral) {
    list.push({ label: "Edit message", icon: "edit", run: () => doing.edit(m) });
    list.push({ label: "Delete message", icon: "trash", danger: true, run: () => doing.remove(m) });
  }
  if (m.ephemeral) list.push({ label: "Dismiss message", icon: "close", run: () => doing.dismiss(m) });
  return list;
}
