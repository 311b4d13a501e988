// Notices at the edge: what Slack itself says, and what went wrong with the page.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const node = document.getElementById("notices");

const shownFor = 8_000; // milliseconds

// notice shows a sentence for a while, or until it is dismissed. One that is no trouble
// takes the place of the one before of its kind.
export function notice(text, kind = "trouble") {
  const gone = () => box.remove();
  if (kind !== "trouble") node.querySelector(`.${kind}`)?.remove();
  const box = el("div", { class: `notice ${kind}` }, icon(kind === "trouble" ? "warning" : "person"), el("p", {}, text),
    el("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: gone }, icon("close")));
  node.append(box);
  setTimeout(gone, shownFor);
}

// attempt runs an act; its error, if any, becomes a notice. It returns whether it went well.
export async function attempt(run) {
  try {
    await run();
    return true;
  } catch (err) {
    node.replaceChildren(); // of several mistakes the last one counts
    notice(err.message);
    return false;
  }
}
