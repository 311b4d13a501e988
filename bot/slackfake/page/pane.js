// The pane at the right: a thread, the guide, the switches or the wire, one at a time.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const byId = (id) => document.getElementById(id);
const tools = { guide: "Try this", switches: "Switches", wire: "Wire" };
const titles = { thread: "Thread", ...tools };
let shown = "", redraw = () => {};

function remembered() {
  try {
    return localStorage.getItem("pane");
  } catch {
    return null;
  }
}

// toolButtons puts the buttons of the tools into the bar and opens what was open last; on
// the first visit, the guide, where there is room beside the conversation.
export function toolButtons(changed) {
  redraw = changed;
  byId("tools").append(...Object.entries(tools).map(([name, title]) => el("button", {
    type: "button", id: `open-${name}`, "aria-controls": "pane", "aria-expanded": "false", onclick: () => showPane(shown === name ? "" : name),
  }, title)));
  byId("close-pane").append(icon("close"));
  byId("close-pane").addEventListener("click", () => {
    const left = shown;
    showPane(left === "thread" && isWide() ? remembered() ?? "" : "");
    byId(left === "thread" ? "line" : `open-${left}`).focus();
  });
  const wide = matchMedia(besides);
  showPane(wide.matches ? remembered() ?? "guide" : "", false);
  wide.addEventListener("change", () => { // a tool does not cover the conversation by itself
    if (shown !== "thread") showPane(wide.matches ? remembered() ?? "guide" : "", false);
  });
}

const besides = "(min-width: 1100px)"; // as in layout.css

// isWide reports whether the pane is beside the conversation and not in its place.
export const isWide = () => matchMedia(besides).matches;

// showPane opens one of thread, guide, switches, wire; "" closes the pane.
export function showPane(name, remember = true) {
  shown = name;
  try {
    if (name !== "thread" && remember) localStorage.setItem("pane", name);
  } catch {
    // It is forgotten then.
  }
  draw();
  redraw(name);
}

// The way back to the guide, from what it led to.
const back = el("button", { type: "button", id: "back-to-guide", class: "quiet", hidden: true, onclick: () => showPane("guide") }, "‹ Try this");
byId("pane-head").prepend(back);

let last = { thread: false, about: "" };

// pane takes whether there is a thread to show, and of which channel.
export function pane(now) {
  last = now;
  draw();
}

function draw() {
  const name = shown === "thread" && !last.thread ? "" : shown;
  byId("pane").hidden = name === "";
  for (const id of Object.keys(titles)) byId(id).hidden = id !== name;
  for (const id of Object.keys(tools)) byId(`open-${id}`).setAttribute("aria-expanded", String(id === name));
  back.hidden = name === "" || name === "guide";
  byId("pane-title").textContent = titles[name] || "";
  byId("pane-about").textContent = name === "thread" ? last.about : "";
}
