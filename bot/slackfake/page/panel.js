// Switches to play with, and what went over the wire.

import { el, keyed } from "./dom.js";
import { trace } from "./api.js";

const switchesNode = document.getElementById("switches");
const traceNode = document.getElementById("trace");
const panel = document.getElementById("panel");
const kept = 200;
let lines = [];
let zone; // the reader's

// switches draws the switches in their groups.
export function switches(list, flip) {
  const groups = [...new Set(list.map((s) => s.group))].map((name) => ({ name, list: list.filter((s) => s.group === name) }));
  keyed(switchesNode, groups, (g) => JSON.stringify(g), (g) =>
    el("fieldset", {}, el("legend", {}, g.name), g.list.map((s) => control(s, flip))));
}

function control(s, flip) {
  if (s.button) return el("button", { type: "button", "data-switch": s.name, onclick: () => flip(s.name, true) }, s.label);
  return el("label", { class: "switch" },
    el("input", { type: "checkbox", "data-switch": s.name, checked: s.on, onchange: (event) => flip(s.name, event.target.checked) }), ` ${s.label}`);
}

let asking = false;

// wire appends what is new in the trace, while the panel is open.
export async function wire(readersZone = zone) {
  zone = readersZone;
  if (!panel.open || asking) return;
  asking = true;
  try {
    const fresh = await trace(lines.length ? lines[lines.length - 1].seq : 0);
    lines = [...lines, ...fresh].slice(-kept);
    keyed(traceNode, lines.slice().reverse(), (l) => l.seq, line);
  } finally {
    asking = false;
  }
}

panel.addEventListener("toggle", () => wire());

function line(l) {
  const took = l.took ? `${(l.took / 1e6).toFixed(1)} ms` : "";
  const more = [["sent", l.sent], ["got", l.got]].filter(([, body]) => body);
  const summary = [new Date(l.at).toLocaleTimeString("en-GB", { timeZone: zone }), l.kind, l.what, l.outcome, took].filter(Boolean).join(" · ");
  if (!more.length) return el("li", { class: l.kind }, summary);
  const body = el("pre");
  const details = el("details", {}, el("summary", {}, summary), body);
  details.addEventListener("toggle", () => {
    body.textContent = more.map(([name, json]) => `${name}: ${JSON.stringify(json, null, 2)}`).join("\n");
  });
  return el("li", { class: l.kind }, details);
}
