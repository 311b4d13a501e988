// What went over the wire, newest first: envelopes to the bot, its acks, its calls of
// Slack's Web API, calls of WHMCS.

import { el, keyed } from "./dom.js";
import { trace } from "./api.js";

const node = document.getElementById("wire");
const list = el("ol", { id: "trace", tabindex: "0", "aria-label": "What went over the wire" });
const clear = el("button", { type: "button", class: "button", onclick: () => { lines = []; draw(); } }, "Clear");
node.append(el("div", { class: "wire-head" }, el("p", {}, "Newest first; secrets are masked."), clear), list);

const kept = 300;
const names = { envelope: "to the bot", ack: "ack", call: "Slack API", socket: "socket", note: "WHMCS", switch: "switch" };
let lines = [], last = 0, asking = false, zone;

// forget begins again: the demo was restarted.
export function forget() {
  lines = [];
  last = 0;
  draw();
}

// wire takes what is new in the trace, while it can be seen. Times are those of a zone.
export async function wire(inZone) {
  if (node.hidden || asking) return;
  zone = inZone;
  asking = true;
  try {
    const fresh = await trace(last);
    if (fresh.length) last = fresh.at(-1).seq;
    lines = [...fresh.reverse(), ...lines].slice(0, kept);
    draw();
  } finally {
    asking = false;
  }
}

function draw() {
  keyed(list, lines, (l) => l.seq, line);
}

function line(l) {
  const parts = [
    el("span", { class: `badge k-${l.kind}` }, names[l.kind] || l.kind),
    el("span", { class: "text" }, [l.what, within(l)].filter(Boolean).join(": "), l.outcome ? el("span", { class: "outcome" }, l.outcome) : null),
    el("span", { class: "took" }, l.took ? el("b", {}, milliseconds(l.took)) : null,
      el("span", { class: "at" }, new Date(l.at).toLocaleTimeString("en-GB", { timeZone: zone }))),
  ];
  const bodies = [["sent", l.sent], ["answered", l.got]].filter(([, body]) => body);
  if (!bodies.length) return el("li", {}, el("div", { class: "wire-line" }, parts));
  const body = el("pre", { tabindex: "0" });
  const details = el("details", {}, el("summary", { class: "wire-line" }, parts), body);
  details.addEventListener("toggle", () => {
    body.textContent = bodies.map(([name, json]) => `${name} ${JSON.stringify(unpacked(json), null, 2)}`).join("\n");
  });
  return el("li", {}, details);
}

// unpacked shows JSON that a form carries as text as what it is.
function unpacked(body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => {
    if (typeof value !== "string" || !/^[[{]/.test(value)) return [name, value];
    try {
      return [name, JSON.parse(value)];
    } catch {
      return [name, value];
    }
  }));
}

// within names what is in an envelope.
function within(l) {
  const p = l.kind === "envelope" && l.sent?.payload;
  if (!p) return "";
  return p.event?.type || (p.command ? `${p.command} ${p.text}`.trim() : p.type);
}

// milliseconds of nanoseconds.
function milliseconds(took) {
  const ms = took / 1e6;
  return ms < 0.1 ? "< 0.1 ms" : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
