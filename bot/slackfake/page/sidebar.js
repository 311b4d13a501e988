// The list of channels, the app, and what is said about a place.

import { el, keyed } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";

export const home = "home"; // the place of the app's Home tab

const seen = new Map(); // the newest message looked at, by person and channel

// sidebar draws the channels and direct messages of a person. A row stays the same button
// while the person is the same: a click is not lost where its row changes between the
// button's going down and up.
export function sidebar(node, state, here, goTo) {
  const newest = (c) => state.messages[c.id].filter((m) => !m.ephemeral && m.user !== state.me.id);
  const unread = (c) => newest(c).filter((m) => m.ts > (seen.get(state.me.id + c.id) || "")).length;
  if (here !== home) seen.set(state.me.id + here, newest({ id: here }).at(-1)?.ts || "");
  const rooms = state.channels.filter((c) => c.kind !== "im");
  const bot = state.channels.find((c) => c.kind === "im");
  const items = [{ title: "Channels" }, ...rooms.map((c) => ({ c, label: c.name, picture: kindIcon(c), n: unread(c), note: mark(c) }))];
  if (bot) items.push({ title: "Apps" }, { c: bot, label: state.names[state.bot], bot: true, n: unread(bot), note: "" });
  const keyOf = (i) => `${state.me.id} ${i.title || i.c.id}`;
  keyed(node, items, keyOf, (i) => (i.title ? el("h3", {}, i.title)
    : el("button", { type: "button", "data-channel": i.c.id, onclick: () => goTo(i.c.id) })));
  items.forEach((i, at) => { if (i.c) drawRow(node.children[at], i, state, here); });
}

// drawRow draws what a row shows, if that has changed.
function drawRow(row, i, state, here) {
  const isHere = i.c.id === here || (i.bot && here === home);
  const shows = [i.label, i.picture, i.n, i.note, isHere].join(" ");
  if (row.shows === shows) return;
  row.shows = shows;
  row.classList.toggle("unread", i.n > 0);
  if (isHere) row.setAttribute("aria-current", "page");
  else row.removeAttribute("aria-current");
  const marked = i.n ? [String(i.n), el("span", { class: "unseen" }, " new")] : i.note;
  row.replaceChildren(i.bot ? avatar(state, state.bot, "small") : icon(i.picture), el("span", { class: "label" }, i.label),
    ...(marked ? [el("span", { class: "mark" }, marked)] : []));
}

const mark = (c) => (c.archived ? "archived" : c.shared ? "shared" : "");

function kindIcon(c) {
  return c.kind === "private" ? "lock" : c.shared ? "shared" : "hash";
}

// titleOf is the title of a conversation.
export function titleOf(state, c, here) {
  if (here === home || c.kind === "im") return [avatar(state, state.bot, "small"), state.names[state.bot]];
  return [icon(kindIcon(c)), c.name];
}

// aboutOf says in words what is special about a place.
export function aboutOf(c, here) {
  if (here === home) return "";
  if (c.kind === "im") return "";
  const parts = [];
  if (c.archived) parts.push("archived");
  if (c.kind === "private") parts.push("private channel");
  if (c.shared) parts.push("shared with another company: answers stay private here");
  if (!c.bot_in) parts.push("servicesbot is not in this channel: it can answer privately, but not share");
  return parts.join("; ");
}
