// "Try this": every feature within a few minutes, by examples that go into the box to
// write in. What was tried is ticked off and remembered.

import { el, keyed } from "./dom.js";

const node = document.getElementById("guide");

// Each step: a title, a sentence, and what can be tried. An entry of try is a line to send
// ({say, in, as}) or something to do ({act, …}).
const steps = [
  { id: "ask", title: "Ask privately", text: "A slash command is answered to you alone. Send the line with Enter, then press Details on a service.",
    try: [{ say: "/services client:5", in: "support", as: "U0ALICE" }] },
  { id: "narrow", title: "Narrow it down", text: "Filters are joined by AND, a comma means OR, a minus in front excludes. Remove one with its × button; turn pages with Next.",
    try: [{ say: "/services client:7 status:active,suspended due:<30d", in: "support" }, { say: "/services server:saturn -product:starter sort:-amount", in: "support" }] },
  { id: "table", title: "A table", text: "Click a column's head to sort. List, Table, Summary and CSV are buttons below every list.",
    try: [{ say: "/services client:7 status:active as:table", in: "support" }] },
  { id: "summary", title: "Figures and a chart", text: "How many, how much a month, what falls due.",
    try: [{ say: "/services server:saturn as:summary", in: "support" }] },
  { id: "csv", title: "A file", text: "All rows as CSV; from a private answer it comes to your direct message with the bot.",
    try: [{ say: "/services server:saturn as:csv", in: "support" }] },
  { id: "mention", title: "Ask in front of everybody", text: "A mention is answered for all, in its thread: open it with “1 reply”. Edit your message afterwards (⋯ on it): the answer is corrected in place.",
    try: [{ say: "@servicesbot client:1", in: "incident-42", as: "U0BOB" }] },
  { id: "share", title: "Share a private answer", text: "Press Share below a private answer, then look at the channel as somebody else. Who shared it can Remove it.",
    try: [{ say: "/services client:1 status:active", in: "incident-42" }, { be: "U0BOB", label: "Be Bob Baker", in: "incident-42" }, { be: "U0ALICE", label: "Be Alice Archer again", in: "incident-42" }] },
  { id: "mistake", title: "Make a mistake", text: "The bot says what is wrong; where it can guess what was meant, that is on a button.",
    try: [{ say: "/services client:1 stauts:actve", in: "support" }, { say: "/services colour:red", in: "support" }] },
  { id: "form", title: "Use the form", text: "From the ⚡ menu beside the message box, or the command alone. Enter “abc” as the client number to see a mistake marked.",
    try: [{ say: "/services", in: "support" }] },
  { id: "shortcut", title: "From a message", text: "Send this, then choose “Find services here” in the message's ⋯ menu.",
    try: [{ say: "Customer 7 writes that demodomain2.net is down since 9:40", in: "support" }] },
  { id: "home", title: "The Home tab", text: "Your last questions, examples, and what you may do. In a direct message no mention is needed.",
    try: [{ home: true, label: "Open the Home tab" }, { say: "domain:demodomain2.net", in: "im" }] },
  { id: "denied", title: "Be refused", text: "Guests, people of other companies and people outside the permitted group get no data, and are told why. Each button makes you that person; send the line then.",
    try: [{ be: "U0GINA", label: "Be Gina, a guest", say: "/services client:1", in: "support" }, { be: "U0PAT", label: "Be Pat, of the partner", say: "@servicesbot client:1", in: "partner-acme" },
      { be: "U0CARL", label: "Be Carl, in no group", say: "/services client:1", in: "support" }] },
  { id: "shared", title: "Where outsiders read along", text: "In a channel shared with another company even a mention is answered privately.",
    try: [{ say: "@servicesbot client:1", in: "partner-acme", as: "U0ALICE" }] },
  { id: "break", title: "Break something", text: "Make WHMCS slow and big, mention the bot and watch its progress in the thread; press Stop when you have seen enough, and turn the switches off. Take WHMCS down; let Slack refuse tables. The wire shows each call that arrives.",
    try: [{ pane: "switches", label: "Open the switches" }, { pane: "wire", label: "Open the wire" }, { say: "@servicesbot status:suspended as:summary fresh:yes", in: "incident-42", as: "U0ALICE" }] },
  { id: "help", title: "Help", text: "Explains every filter, with examples to click.",
    try: [{ say: "/services help", in: "support" }, { say: "/services help due", in: "support" }] },
];

let done = new Set();
try {
  done = new Set(JSON.parse(localStorage.getItem("tried")) || []);
} catch {
  // A browser that keeps nothing ticks nothing off.
}

let run = () => {};
let pending = ""; // the step whose line is in the box, and not sent yet

function tick(id) {
  done.add(id);
  keep();
}

// sending is called when a line goes out. What it returns is told whether it went well: the
// step whose line it was, or one like it, is then done.
export function sending() {
  const id = pending;
  pending = "";
  return (well) => {
    if (id && well) tick(id);
    else pending ||= id;
  };
}

const list = el("ol", { class: "steps" });
const tally = el("span");
node.append(el("p", {}, "Everything here is made up and nothing leaves this machine. Each line below goes into the message box; you send it with Enter."),
  list, el("div", { class: "guide-foot" }, tally, el("button", { type: "button", class: "quiet", onclick: () => { done = new Set(); keep(); } }, "Clear the ticks")));

function keep() {
  try {
    localStorage.setItem("tried", JSON.stringify([...done]));
  } catch {
    // Then it is known until the page is closed.
  }
  draw();
}

function draw() {
  tally.textContent = `${done.size} of ${steps.length} tried`;
  keyed(list, steps, (s) => `${s.id} ${done.has(s.id)}`, (s) => el("li", { class: done.has(s.id) ? "step done" : "step" },
    el("h3", {}, s.title, done.has(s.id) ? el("span", { class: "unseen" }, " (tried)") : null), el("p", {}, s.text),
    el("div", { class: "try" }, s.try.map((t) => el("button", {
      type: "button", class: t.label ? "act" : null, onclick: () => {
        pending = t.say ? s.id : "";
        if (!t.say) tick(s.id);
        run(t);
      },
    }, t.label || words(t.say))))));
}

// words keeps each word of a line together.
function words(line) {
  return line.split(" ").flatMap((w, i) => [i ? " " : "", el("span", { class: "word" }, w)]);
}

// guide draws the list; attempt carries out what is tried.
export function guide(attempt) {
  run = attempt;
  draw();
}

// examples are a few lines for a channel where nothing was said yet.
export const examples = ["/services client:5", "/services server:saturn as:summary", "/services help"];
