// People: their names, their pictures made of initials, and the switch of who one is.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";

const tones = 8; // colours of pictures, see messages.css

// nameOf is what a user is called.
export function nameOf(state, id) {
  return state.people.find((p) => p.id === id)?.real_name || state.names[id] || id;
}

// avatar is a picture made of initials; its colour comes from the id.
export function avatar(state, id, size = "") {
  const name = nameOf(state, id);
  const initials = id === state.bot ? "sb" : name.split(/\s+/).map((w) => w[0]).slice(0, 2).join("").toUpperCase();
  const sum = [...id].reduce((n, c) => (n * 31 + c.codePointAt(0)) % 9973, 7);
  const tone = id === state.bot ? "bot" : sum % tones;
  return el("span", { class: `avatar tone-${tone} ${size}`, "aria-hidden": "true" }, initials);
}

// whoAmI is the button that shows and changes who one is.
export function whoAmI(state, become) {
  const me = state.me;
  return menuButton({ class: "who-am-i", id: "who-am-i", "aria-label": `You are ${me.real_name}, ${me.title}. Be somebody else` }, [
    avatar(state, me.id, "small"),
    el("span", { class: "who-text" }, el("span", {}, el("span", { class: "you-are" }, "You are "), el("b", {}, me.real_name)), el("small", {}, me.title)),
    icon("down"),
  ], () => state.people.map((p) => ({
    label: p.real_name, note: p.title, checked: p.id === me.id, picture: avatar(state, p.id, "small"), run: () => become(p.id),
  })));
}
