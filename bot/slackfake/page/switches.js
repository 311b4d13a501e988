// Switches to play with: what goes wrong in Slack and in WHMCS.

import { el, keyed } from "./dom.js";

const node = document.getElementById("switches");
const about = el("p", {}, "Things that go wrong in real life. Turn one on, ask something, and see what the bot says about it.");
const list = el("div");
node.append(about, list);

// switches draws them in their groups; flip(switch, on) turns one.
export function switches(all, flip) {
  const groups = [...new Set(all.map((s) => s.group))].sort().reverse();
  keyed(list, groups, (g) => g + JSON.stringify(all.filter((s) => s.group === g)), (g) => {
    const own = all.filter((s) => s.group === g);
    return el("div", { class: "switch-group", role: "group", "aria-label": g }, el("h3", {}, g),
      own.filter((s) => !s.button).map((s) => el("label", { class: s.on ? "switch on" : "switch" },
        el("input", { type: "checkbox", role: "switch", "data-switch": s.name, checked: s.on, onchange: (event) => flip(s, event.target.checked) }),
        el("span", {}, s.label))),
      el("div", { class: "switch-buttons" }, own.filter((s) => s.button).map((s) =>
        el("button", { type: "button", class: "button", "data-switch": s.name, onclick: () => flip(s, true) }, s.label))));
  });
}
