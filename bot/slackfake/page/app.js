// The page: who one is, where one looks, and what is drawn after every change.

import * as api from "./api.js";
import { el, keyed } from "./dom.js";
import { blocks } from "./blocks.js";
import { messages } from "./messages.js";
import { ask, modal, source } from "./modal.js";
import { switches, wire } from "./panel.js";

const home = "home";
const byId = (id) => document.getElementById(id);

// ui is what the page itself remembers: the address bar keeps it too.
const [user, channel, thread] = decodeURIComponent(location.hash.slice(1)).split("/");
const ui = { user: user || "", channel: channel || "", thread: thread || "", editing: null, notices: null };
let state = null;

function goTo(change) {
  Object.assign(ui, change);
  history.replaceState(null, "", `#${[ui.user, ui.channel, ui.thread].map(encodeURIComponent).join("/")}`);
  if (state) draw();
}

// attempt runs an act and shows its error, if any, to the person.
async function attempt(run) {
  try {
    await run();
  } catch (err) {
    notice(err.message);
  }
}

function notice(text) {
  const node = el("p", { class: "notice" }, text, " ", el("button", { type: "button", "aria-label": "Dismiss", onclick: () => node.remove() }, "×"));
  byId("notices").append(node);
}

let loading = false, again = false;

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
      await wire(state.me.tz);
    });
  }
  loading = false;
}

function place() {
  return state.channels.find((c) => c.id === ui.channel) || state.channels[0];
}

function channelLabel(c) {
  if (c.kind === "im") return `@${state.names[state.bot]}`;
  const remarks = [c.kind === "private" && "private", c.shared && "shared with another company", c.archived && "archived"].filter(Boolean);
  return `# ${c.name}${remarks.length ? ` (${remarks.join(", ")})` : ""}`;
}

const doing = {
  confirm: (c) => ask(c, { names: state.names, zone: state.me.tz }),
  click: (m, action) => attempt(() => api.act("click", { user: ui.user, channel: place().id, ts: m.ts, ...action })),
  openThread: (m) => { goTo({ thread: m.thread_ts || m.ts }); byId("reply-line").focus(); },
  edit: (m) => { ui.editing = m; byId("line").value = typedOf(m); byId("line").focus(); },
  remove: (m) => attempt(() => api.act("delete", { user: ui.user, channel: place().id, ts: m.ts })),
  shortcut: (id, m) => attempt(() => api.act("shortcut", { user: ui.user, callback_id: id, channel: place().id, ts: m.ts })),
  source: (m) => source(m.blocks),
};

const viewing = {
  confirm: doing.confirm,
  click: (action) => attempt(() => api.act("click", { user: ui.user, ...action })),
  submit: (view, values) => attempt(async () => {
    try {
      await api.act("submit", { user: ui.user, view: view.id, values });
    } catch (err) {
      await load(); // the errors stand in the view
      if (!state.modals.some((v) => Object.keys(v.errors).length)) throw err;
    }
  }),
  close: (view) => attempt(() => api.act("close", { user: ui.user, view: view.id })),
};

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
  keyed(byId("me"), state.people, (p) => p.id, (p) => el("option", { value: p.id }, `${p.name}, ${p.title}`));
  byId("me").value = ui.user;
  drawChannels();
  keyed(byId("shortcuts"), state.shortcuts.filter((s) => !s.message), (s) => s.id + ui.user, (s) =>
    el("button", { type: "button", onclick: () => attempt(() => api.act("shortcut", { user: ui.user, callback_id: s.id })) }, s.name));
  byId("place").textContent = ui.channel === home ? `${state.names[state.bot]} · Home` : channelLabel(here);
  byId("composer").hidden = ui.channel === home;
  byId("line").placeholder = `${state.command} client:1 status:active`;
  drawMain(here);
  drawThread(here);
  modal(state, viewing);
  switches(state.switches, (name, on) => attempt(() => api.act("switch", { name, on })));
  state.notices.slice(ui.notices ?? state.notices.length).forEach((n) => notice(n.text)); // old ones not again
  ui.notices = state.notices.length;
}

function drawChannels() {
  const list = [...state.channels.map((c) => ({ id: c.id, label: channelLabel(c) })), { id: home, label: "Home tab of the app" }];
  keyed(byId("channels"), list, (c) => [ui.user, c.id, c.label, c.id === ui.channel].join(" "), (c) => el("button", {
    type: "button", "aria-current": c.id === ui.channel ? "page" : null, onclick: () => {
      goTo({ channel: c.id, thread: "" });
      if (c.id === home) attempt(() => api.act("home", { user: ui.user }));
    },
  }, c.label));
}

function drawMain(here) {
  const node = byId("messages");
  if (ui.channel !== home) {
    messages(node, state.messages[here.id].filter((m) => !m.thread_ts || m.thread_ts === m.ts), state, doing);
    return;
  }
  const view = state.home;
  keyed(node, view ? [view] : [], (v) => `${ui.user} ${v.id} ${v.revision}`, (v) => el("div", { class: "home" }, blocks(v.blocks, {
    names: state.names, zone: state.me.tz, values: v.values, confirm: doing.confirm, click: (action) => viewing.click({ view: v.id, ...action }),
  })));
}

function drawThread(here) {
  const list = ui.thread && ui.channel !== home ? state.messages[here.id].filter((m) => m.ts === ui.thread || m.thread_ts === ui.thread) : [];
  byId("thread").hidden = list.length === 0;
  messages(byId("replies"), list, state, doing);
}

// composer sends a line on Enter; arrow up brings earlier ones back.
function composer(form, line, send) {
  const sent = [];
  let at = 0;
  line.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "ArrowUp" && (line.value === "" || at < sent.length) && at > 0) {
      event.preventDefault();
      line.value = sent[--at];
    }
  });
  line.addEventListener("keypress", (event) => {
    if (event.key === "Enter" && !event.shiftKey) event.preventDefault(); // no empty line stays behind
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = line.value.trim();
    if (!text) return;
    line.value = "";
    attempt(async () => {
      try {
        await send(text);
      } catch (err) {
        line.value ||= text; // nothing typed is lost
        throw err;
      }
      sent.push(text);
      at = sent.length;
    });
  });
}

composer(byId("composer"), byId("line"), async (text) => {
  const m = ui.editing;
  if (m) await api.act("edit", { user: ui.user, channel: place().id, ts: m.ts, text });
  else await api.act("post", { user: ui.user, channel: place().id, text });
  ui.editing = null;
});
composer(byId("reply"), byId("reply-line"), (text) =>
  api.act("post", { user: ui.user, channel: place().id, thread: ui.thread, text }));

byId("close-thread").addEventListener("click", () => goTo({ thread: "" }));
byId("me").addEventListener("change", (event) => {
  goTo({ user: event.target.value, thread: "", editing: null, notices: null });
  follow();
});

let stream = null;

// follow listens for changes on behalf of the person one is.
function follow() {
  stream?.close();
  stream = api.changes(ui.user, load, (up) => {
    byId("status").textContent = up ? "" : "The demo does not answer. Is it still running?";
  });
}

follow();
