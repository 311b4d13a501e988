// The page: who one is, where one looks, and what is drawn after every change.

import * as api from "./api.js";
import { el, keyed } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { nameOf, whoAmI } from "./people.js";
import { blocks } from "./blocks.js";
import { keepToEnd, messages, toEnd } from "./messages.js";
import { composer } from "./compose.js";
import { modal } from "./modal.js";
import { ask, source } from "./source.js";
import { aboutOf, home, sidebar, titleOf } from "./sidebar.js";
import { switches } from "./switches.js";
import { forget, wire } from "./wire.js";
import { examples, guide, sending } from "./guide.js";
import { attempt, notice } from "./notices.js";
import { isWide, pane, showPane, toolButtons } from "./pane.js";
import "./theme-button.js";

const byId = (id) => document.getElementById(id);

// ui is what the page itself remembers: the address bar keeps it too.
const [user, channel, thread] = location.hash.slice(1).split("/").map(decodeURIComponent);
const ui = { user: user || "", channel: channel || "", thread: thread || "", editing: "" };
const dismissed = new Set(); // private messages, by person and ts
const noticed = new Map(); // how many notices of Slack were shown, by person
let state = null;

function goTo(change) {
  if ("channel" in change && change.channel !== ui.channel) Object.assign(ui, { thread: "", editing: "" });
  Object.assign(ui, change);
  history.replaceState(null, "", `#${[ui.user, ui.channel, ui.thread].map(encodeURIComponent).join("/")}`);
  byId("channels").classList.remove("open");
  byId("open-channels").setAttribute("aria-expanded", "false");
  if (state) draw();
}

let loading = false, again = false;
let begun = false; // whether the page was drawn once
let waiting = null; // what to do once somebody else's state is here

// load asks for the state; changes that come meanwhile ask once more.
async function load() {
  again = true;
  if (loading) return;
  loading = true;
  while (again) {
    again = false;
    await attempt(async () => {
      const fresh = await api.state(ui.user);
      if (ui.user && fresh.me.id !== ui.user) return;
      state = fresh;
      ui.user = fresh.me.id;
      draw();
      if (!begun) main.ready();
      begun = true;
      const next = waiting;
      waiting = null;
      next?.();
      await wire(state.me.tz);
    });
  }
  loading = false;
}

const act = (name, body) => attempt(() => api.act(name, { user: ui.user, ...body }));

// post sends what was typed and scrolls to where it comes: at once, as whoever scrolls up while it
// is sent wants to stay there.
async function post(list, body) {
  const sent = sending();
  toEnd(list);
  const well = await act("post", body);
  sent(well);
  return well;
}
const place = () => state.channels.find((c) => c.id === ui.channel) || state.channels[0];

// become changes who one is, and where one is if that person is not there.
function become(id, where) {
  goTo({ user: id, thread: "", editing: "", ...(where ? { channel: where } : {}) });
  state = null;
  follow();
}

const doing = {
  confirm: (c) => ask(c, { names: state.names, zone: state.me.tz }),
  click: (m, action) => act("click", { channel: place().id, ts: m.ts, ...action }),
  openThread: (m, write) => {
    goTo({ thread: m.thread_ts || m.ts });
    showPane("thread");
    if (write) reply.field.focus();
  },
  typed: typedOf,
  edit: (m) => goTo({ editing: m ? m.ts : "" }),
  save: async (m, text) => {
    if (await act("edit", { channel: place().id, ts: m.ts, text })) goTo({ editing: "" });
  },
  remove: async (m) => {
    const yes = await ask({
      title: { text: "Delete message" }, text: { text: "It is deleted for everybody." }, confirm: { text: "Delete" }, deny: { text: "Cancel" }, style: "danger",
    }, {});
    if (yes) act("delete", { channel: place().id, ts: m.ts });
  },
  dismiss: (m) => { dismissed.add(ui.user + m.ts); draw(); },
  shortcut: (id, m) => act("shortcut", { callback_id: id, channel: place().id, ts: m.ts }),
  source: (m) => source("JSON of this message", { text: m.text, blocks: m.blocks }),
};

const viewing = {
  confirm: doing.confirm,
  click: (action) => act("click", action),
  submit: (view, values) => attempt(async () => {
    try {
      await api.act("submit", { user: ui.user, view: view.id, values });
    } catch (err) {
      await load(); // what is wrong with an input is shown in the view
      if (!state.modals.some((v) => Object.keys(v.errors || {}).length)) throw err;
    }
  }),
  close: (view) => act("close", { view: view.id }),
  source: (view) => source("JSON of this view", viewJSON(view)),
};

// viewJSON is a view as the bot sent it, as far as it can be seen.
function viewJSON(v) {
  const plain = (text) => (text ? { type: "plain_text", text } : undefined);
  return { type: v.type, title: plain(v.title), submit: plain(v.submit), close: plain(v.close), blocks: v.blocks };
}

// typedOf is a message as it was typed, roughly: mentions by name, links as their label.
function typedOf(m) {
  return m.text.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, target, label) => {
    if (target[0] === "@" || target[0] === "#") return target[0] + (state.names[target.slice(1)] || target.slice(1));
    return target[0] === "!" ? `@${target.slice(1)}` : label || target;
  }).replace(/&(lt|gt|amp);/g, (_, e) => ({ lt: "<", gt: ">", amp: "&" })[e]);
}

function draw() {
  const here = place();
  if (ui.channel !== home) ui.channel = here.id;
  document.title = `${ui.channel === home ? "Home" : here.kind === "im" ? state.names[state.bot] : `#${here.name}`} – servicesbot demo`;
  drawTop();
  sidebar(byId("channels"), state, ui.channel, openChannel);
  drawPlace(here);
  drawCaption();
  drawMain(here);
  drawThread(here);
  modal(state, viewing);
  switches(state.switches, flip);
  drawNotices();
}

// flip turns a switch. Of one that does something once, the page itself shows little.
async function flip(s, on) {
  if (await act("switch", { name: s.name, on }) && s.button) notice(`Done: ${s.label.toLowerCase()}. The wire shows what happened.`, "note");
}

let following = true; // a script that is played
let followed = ""; // the line of it that was gone to

// drawCaption shows the line of a script that is played and goes where it happens.
function drawCaption() {
  const line = state.caption;
  byId("caption").hidden = !line;
  keyed(byId("caption"), line ? [line] : [], (l) => l, (l) => el("div", { class: "caption" }, el("b", {}, "Script"), el("code", {}, l),
    el("label", {}, el("input", { type: "checkbox", checked: following, onchange: (event) => { following = event.target.checked; } }), "Follow")));
  if (line && following && line !== followed) queueMicrotask(followCaption);
}

// followCaption goes one step towards where the line happens: the person, the place, the
// thread. What is drawn then calls for the next step.
function followCaption() {
  const line = state?.caption;
  if (!line || line === followed) return;
  const [who] = line.split(" ");
  const person = state.people.find((p) => p.name === who);
  const name = /#([\w-]+)/.exec(line)?.[1];
  const room = state.channels.find((c) => (/ in dm\b/.test(line) ? c.kind === "im" : c.name === name));
  if (person && person.id !== ui.user) {
    become(person.id);
    return;
  }
  followed = line;
  if (room && room.id !== ui.channel) goTo({ channel: room.id });
  if (/ in thread\b/.test(line)) openLastThread();
}

function openLastThread() {
  const last = state.messages[place().id].findLast((m) => m.thread_ts && m.thread_ts !== m.ts);
  if (last) doing.openThread(last);
}

function drawTop() {
  byId("team").textContent = state.team;
  keyed(byId("me"), [state.me], (p) => p.id, () => whoAmI(state, (id) => become(id)));
  byId("sockets").classList.toggle("down", !reachable || state.sockets === 0);
  const text = !reachable ? "the demo has ended" : state.sockets === 0 ? "the bot is not connected" : state.sockets === 1 ? "1 socket" : `${state.sockets} sockets`;
  keyed(byId("sockets"), [text], (t) => t, (t) => el("span", { title: "Socket Mode connections that the bot has open" }, t));
}

function drawPlace(here) {
  const own = ui.channel === home || here.kind === "im";
  keyed(byId("place"), [here], () => `${own} ${here.id} ${here.shared}`, () => el("span", { class: "place-name" }, titleOf(state, here, ui.channel)));
  byId("about").textContent = aboutOf(here, ui.channel);
  byId("about").title = byId("about").textContent;
  byId("tabs").hidden = !own;
  const tabs = own ? [["Home", home], ["Messages", state.channels.find((c) => c.kind === "im").id]] : [];
  keyed(byId("tabs"), tabs, ([name, id]) => `${name} ${id} ${ui.channel === id}`, ([name, id]) => el("button", {
    type: "button", "aria-current": ui.channel === id ? "page" : null, onclick: () => (id === home ? openHome() : goTo({ channel: id })),
  }, name));
  keyed(byId("place-tools"), own ? [] : [here], (c) => `${c.id} ${c.shared} ${c.bot_in} ${ui.user}`, channelMenu);
  byId("composer").hidden = ui.channel === home;
  main.describe(`Message ${here.kind === "im" ? state.names[state.bot] : `#${here.name}`}`);
}

function channelMenu(c) {
  return menuButton({ class: "icon-button", "aria-label": `About #${c.name}`, title: "Channel settings" }, icon("more"), () => [
    c.bot_in ? { label: "Remove servicesbot", note: "then it can answer privately only", icon: "close", run: () => act("member", { channel: c.id, on: false }) }
      : { label: "Add servicesbot", note: "so that it can share answers here", icon: "person", run: () => act("member", { channel: c.id, on: true }) },
    { label: c.shared ? "Stop sharing with the other company" : "Share with another company", note: "Slack Connect", icon: "shared", run: () => act("share", { channel: c.id, on: !c.shared }) },
  ]);
}

// openChannel goes to a channel, ready to write there, as in Slack.
function openChannel(id) {
  goTo({ channel: id });
  main.ready();
}

function openHome() {
  goTo({ channel: home });
  act("home", {});
}

const shown = (m) => !dismissed.has(ui.user + m.ts);

function drawMain(here) {
  const node = byId("messages");
  if (ui.channel !== home) {
    messages(node, state.messages[here.id].filter((m) => shown(m) && (!m.thread_ts || m.thread_ts === m.ts)), state, doing,
      { channel: here.id, place: `${ui.user} ${here.id}`, editing: ui.editing, intro: intro(here) });
    return;
  }
  node.dataset.place = home;
  const view = state.home;
  keyed(node, view ? [view] : [], (v) => `${ui.user} ${v.id} ${v.revision}`, (v) => el("div", { class: "home" }, blocks(v.blocks, {
    names: state.names, zone: state.me.tz, values: v.values, confirm: doing.confirm, click: (action) => viewing.click({ view: v.id, ...action }),
  }), el("button", { type: "button", class: "quiet", onclick: () => viewing.source(v) }, "JSON of this view")));
}

// mentioned says what a mention in a channel does.
function mentioned(c) {
  if (!c.bot_in) return "does nothing, because it is not in this channel: /invite it first";
  return c.shared ? "as well, because people of another company read this channel" : "for everybody here";
}

// intro is the beginning of a conversation.
function intro(c) {
  const im = c.kind === "im";
  const lines = im ? examples.map((e) => e.replace("/services ", "")) : examples;
  return {
    key: `intro ${c.id} ${c.shared} ${c.bot_in}`, draw: () => el("div", { class: "intro" },
      el("h3", {}, im ? state.names[state.bot] : `#${c.name}`),
      el("p", {}, im ? "This is between you and the bot. Ask without a command or a mention."
        : `This is the very beginning of #${c.name}. A command is answered to you alone, a mention of @${state.names[state.bot]} ${mentioned(c)}.`),
      el("div", { class: "examples" }, lines.map((line) => el("button", { type: "button", class: "button", onclick: () => main.put(line) }, el("span", {}, line))),
        el("button", { type: "button", class: "button primary", onclick: () => showPane("guide") }, "Try this: all features"))),
  };
}

function drawThread(here) {
  const list = ui.thread && ui.channel !== home ? state.messages[here.id].filter((m) => shown(m) && (m.ts === ui.thread || m.thread_ts === ui.thread)) : [];
  pane({ thread: list.length > 0, about: `#${here.name}` });
  reply.describe("Reply…");
  messages(byId("replies"), list, state, doing, { channel: here.id, place: `${ui.user} ${ui.thread}`, thread: true, editing: ui.editing === ui.thread ? "" : ui.editing });
}

function drawNotices() {
  const known = noticed.get(ui.user) ?? state.notices.length;
  state.notices.slice(known).forEach((n) => notice(n.text));
  noticed.set(ui.user, state.notices.length);
}

const suggest = () => [
  { insert: state.command, label: state.command, note: "client:1 status:active · look up services" },
  { insert: `/invite @${state.names[state.bot]}`, label: `/invite @${state.names[state.bot]}`, note: "let the app into this channel" },
  ...Object.entries(state.names).filter(([id]) => id === state.bot || state.people.some((p) => p.id === id))
    .sort(([a], [b]) => (b === state.bot) - (a === state.bot))
    .map(([id, name]) => ({ insert: `@${name}`, label: `@${name}`, note: id === state.bot ? "app" : nameOf(state, id) })),
];

const main = composer(byId("composer"), {
  id: "line", label: "Message", hint: "Enter sends · ↑ brings back what you sent", suggest: () => (state ? suggest() : []),
  tools: [
    menuButton({ class: "icon-button", "aria-label": "Shortcuts", title: "Shortcuts" }, icon("bolt"), () => state.shortcuts.filter((s) => !s.message)
      .map((s) => ({ label: s.name, note: "shortcut of servicesbot", icon: "bolt", run: () => act("shortcut", { callback_id: s.id }) }))),
    el("button", { type: "button", class: "icon-button", "aria-label": "Mention servicesbot", title: "Mention servicesbot", onclick: () => main.put(`@${state.names[state.bot]} ${main.field.value}`) }, icon("at")),
  ],
  send: (text) => post(byId("messages"), { channel: place().id, text }),
});
const reply = composer(byId("reply"), {
  id: "reply-line", label: "Reply", hint: "Enter sends", suggest: () => (state ? suggest().filter((s) => s.insert[0] === "@") : []),
  tools: [el("button", { type: "button", class: "icon-button", "aria-label": "Mention servicesbot in the reply", title: "Mention servicesbot", onclick: () => reply.put(`@${state.names[state.bot]} ${reply.field.value}`) }, icon("at"))],
  send: (text) => post(byId("replies"), { channel: place().id, thread: ui.thread, text }),
});

// tryOut carries out an entry of the guide.
function tryOut(t) {
  const who = t.be || t.as || "U0ALICE";
  const before = ui.user;
  const named = (c) => (t.in === "im" ? c.kind === "im" : c.name === t.in);
  const where = () => (t.in ? state.channels.find(named)?.id || state.channels[0].id : ui.channel);
  if (t.pane) showPane(t.pane);
  if (t.home) openHome();
  if (!isWide() && !t.pane) showPane("");
  whenIAm(who, () => {
    if (t.in) goTo({ channel: where() });
    if (t.say) main.put(t.say);
    if (who !== before) notice(`You are ${nameOf(state, who)} now.`, "note");
  });
}

// whenIAm runs next once the state of that person is here.
function whenIAm(id, next) {
  if (id === ui.user && state) return next();
  waiting = next;
  become(id);
}

let stream = null;
let reachable = true; // whether the demo answers

// follow listens for changes on behalf of the person one is.
function follow() {
  stream?.close();
  stream = api.changes(ui.user, load, (is) => {
    if (reachable && !is) notice("The demo does not answer. Is it still running?");
    if (!reachable && is) forget();
    reachable = is;
    if (state) drawTop();
  });
}

// Arrow keys go from message to message once one has the focus, or their list.
for (const log of [byId("messages"), byId("replies")]) {
  log.addEventListener("keydown", (event) => {
    const rows = [...log.querySelectorAll("article")];
    const at = rows.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (at < 0 && event.target !== log)) return;
    event.preventDefault();
    (rows[at < 0 ? rows.length - 1 : at + step] || event.target).focus();
  });
}

// Links to the hosts that are kept for examples lead nowhere: say so instead of opening them.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !/(^|\.)example(\.(com|net|org))?$/.test(link.hostname)) return;
  event.preventDefault();
  notice(`Slack would open ${link.href} here. It is made up, as all of this demo.`);
});

keepToEnd(byId("messages"), byId("newer"));
keepToEnd(byId("replies"), byId("newer-replies"));
byId("open-channels").append(icon("menu"));
byId("open-channels").addEventListener("click", () => {
  const open = byId("channels").classList.toggle("open");
  byId("open-channels").setAttribute("aria-expanded", String(open));
});
toolButtons((name) => {
  if (name !== "thread") goTo({ thread: "" });
  attempt(() => wire(state?.me.tz));
});
if (thread) {
  ui.thread = thread;
  showPane("thread");
}
guide(tryOut);
follow();
