// Notices at the edge: what Slack itself says, and what went wrong with the page.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const node = document.getElementById("notices");

// notice shows a sentence until it is dismissed or a minute has passed.
export function notice(text) {
  const gone = () => box.remove();
  const box = el("div", { class: "notice" }, icon("warning"), el("p", {}, text),
    el("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: gone }, icon("close")));
  node.append(box);
  setTimeout(gone, 60_000);
}

// attempt runs an act; its error, if any, becomes a notice. It tells whether it went well.
export async function attempt(run) {
  try {
    await run();
    return true;
  } catch (err) {
    notice(err.message);
    return false;
  }
}
