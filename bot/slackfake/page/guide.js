// "Try this": every feature within a few minutes, by examples that go into the box to
// write in. What was tried is ticked off and remembered.

import { el, keyed } from "./dom.js";

const node = document.getElementById("guide");

// Each step: a title, a sentence, and what can be tried. An entry of try is a line to send
// ({say, in, as}) or something to do ({act, …}).
const steps = [
  { id: "ask", title: "Ask privately", text: "A slash command is answered to you alone. Send the line with Enter, then press Details on a service.",
    try: [{ say: "/services client:5", in: "support", as: "U0ALICE" }] },
  { id: "narrow", title: "Narrow it down", text: "All filters must match, a comma means OR, a minus sign excludes. Remove a filter with the menu More …; go to the next page with Next.",
    try: [{ say: "/services client:7 status:active,suspended due:<30d", in: "support" }, { say: "/services server:saturn -product:starter sort:-amount", in: "support" }] },
  { id: "table", title: "A table", text: "Click the head of a column to sort. Table, Summary and CSV file are in the menu More … below every list.",
    try: [{ say: "/services client:7 status:active as:table", in: "support" }] },
  { id: "summary", title: "Figures and a chart", text: "How many services, the revenue per month, and what is due.",
    try: [{ say: "/services server:saturn as:summary", in: "support" }] },
  { id: "csv", title: "A file", text: "All rows as CSV. For a private answer, the bot sends the file to you as a direct message.",
    try: [{ say: "/services server:saturn as:csv", in: "support" }] },
  { id: "mention", title: "Ask in front of everybody", text: "A mention is answered in its thread, for everybody: open it with “1 reply”. Then edit your message (⋯ on it), and the answer changes with it.",
    try: [{ say: "@servicesbot client:1", in: "incident-42", as: "U0BOB" }] },
  { id: "share", title: "Share a private answer", text: "Press Share below a private answer, then look at the channel as somebody else. The person who shared it can press Remove.",
    try: [{ say: "/services client:1 status:active", in: "incident-42" }, { be: "U0BOB", label: "Be Bob Baker", in: "incident-42" }, { be: "U0ALICE", label: "Be Alice Archer again", in: "incident-42" }] },
  { id: "mistake", title: "Make a mistake", text: "The bot says what is wrong. If it can guess what you meant, there is a button for that.",
    try: [{ say: "/services client:1 stauts:actve", in: "support" }, { say: "/services colour:red", in: "support" }] },
  { id: "form", title: "Use the form", text: "Open it from the ⚡ menu below the message box, or send the command alone. Enter “soon” as the due date to see how a mistake is marked.",
    try: [{ say: "/services", in: "support" }] },
  { id: "shortcut", title: "From a message", text: "Send this, then choose “Find services here” in the message's ⋯ menu.",
    try: [{ say: "Customer 7 writes that demodomain2.net is down since 9:40", in: "support" }] },
  { id: "home", title: "The Home tab", text: "Your last questions, examples, and what you may do. A direct message needs no mention.",
    try: [{ home: true, label: "Open the Home tab" }, { say: "domain:demodomain2.net", in: "im" }] },
  { id: "denied", title: "Be refused", text: "Guests, people from other companies and people outside the permitted group get no data, and the bot says why. Each button makes you that person; then send the line.",
    try: [{ be: "U0GINA", label: "Be Gina, a guest", say: "/services client:1", in: "support" }, { be: "U0PAT", label: "Be Pat, from the partner", say: "@servicesbot client:1", in: "partner-acme" },
      { be: "U0CARL", label: "Be Carl, in no group", say: "/services client:1", in: "support" }] },
  { id: "shared", title: "With outsiders in the channel", text: "In a channel that is shared with another company, even a mention gets a private answer.",
    try: [{ say: "@servicesbot client:1", in: "partner-acme", as: "U0ALICE" }] },
  { id: "live", title: "Keep an answer current", text: "The bot asks again every five minutes and says what changed. Turn on “Suspends 4 services on saturn” and choose Refresh in the post's menu More …, or wait. Anybody may press End updates.",
    try: [{ say: "@servicesbot server:saturn status:active live:yes", in: "incident-42", as: "U0BOB" }, { pane: "switches", label: "Open the switches" }] },
  { id: "warm", title: "An answer at once, corrected later", text: "The first question reads every service. Wait half a minute, turn on “Suspends 4 services on saturn” and “Every call takes 3 s”, and ask again: the answer comes at once from the rows of before, says as of when they are, and is corrected in its place. It then says what changed.",
    try: [{ say: "@servicesbot server:saturn status:active as:summary", in: "incident-42", as: "U0BOB" }, { pane: "switches", label: "Open the switches" }] },
  { id: "break", title: "Break something", text: "Make WHMCS slow and big, mention the bot and watch its progress in the thread. Press Stop when you have seen enough, and turn the switches off. Take WHMCS down; let Slack refuse tables. The wire shows every call.",
    try: [{ pane: "switches", label: "Open the switches" }, { pane: "wire", label: "Open the wire" }, { say: "@servicesbot status:suspended as:summary fresh:yes", in: "incident-42", as: "U0ALICE" }] },
  { id: "help", title: "Help", text: "Explains every filter, with examples to click.",
    try: [{ say: "/services help", in: "support" }, { say: "/services help due", in: "support" }] },
];

let done = new Set();
try {
  done = new Set(JSON.parse(localStorage.getItem("tried")) || []);
} catch {
  // A browser that keeps nothing starts without ticks.
}

let run = () => {};
let pending = ""; // the step whose line is in the box, and not sent yet

function tick(id) {
  done.add(id);
  keep();
}

// sending is called when a line goes out. What it returns is called with whether it went well: the
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
