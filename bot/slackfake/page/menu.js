// Menus that pop up at a button: of a message, of shortcuts, of people, of an overflow
// element. Arrow keys move, Escape closes and gives the focus back.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const margin = 8; // between a menu and the edge of the window, in pixels

// menuButton is a button that opens a menu; items() gives [{label, note?, icon?, danger?,
// checked?, href?, run?}] each time it opens.
export function menuButton(attributes, content, items) {
  const button = el("button", {
    type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...attributes, onclick: () => open(button, items()),
  }, content);
  return button;
}

function open(button, items) {
  const list = el("div", { role: "menu", class: "menu", popover: "auto", "aria-label": button.getAttribute("aria-label") || button.textContent });
  list.append(...items.map((i) => entry(i, list)));
  list.addEventListener("keydown", (event) => move(event, list));
  list.addEventListener("toggle", (event) => {
    if (event.newState === "open") return;
    const within = list.contains(document.activeElement) || document.activeElement === document.body;
    button.setAttribute("aria-expanded", "false");
    list.remove();
    if (within) button.focus();
  });
  (button.closest("dialog") || document.body).append(list);
  list.showPopover();
  place(list, button.getBoundingClientRect());
  button.setAttribute("aria-expanded", "true");
  (list.querySelector("[aria-checked=true]") || list.firstElementChild)?.focus();
}

function entry(item, list) {
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const inside = [
    item.picture || (item.icon ? icon(item.icon) : null),
    el("span", { class: "menu-text" }, el("span", {}, item.label), item.note ? el("small", {}, item.note) : null),
    item.checked ? icon("check") : null,
  ];
  const common = { role, tabindex: "-1", class: item.danger ? "danger" : null, "aria-checked": item.checked === undefined ? null : String(item.checked) };
  if (item.href) {
    return el("a", { ...common, href: item.href, target: "_blank", rel: "noopener noreferrer", onclick: () => list.hidePopover() }, inside);
  }
  return el("button", { type: "button", ...common, onclick: () => { list.hidePopover(); item.run(); } }, inside);
}

function move(event, list) {
  const all = [...list.children];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab") list.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  all[to % all.length].focus();
}

// place puts the menu below its button, or above where there is no room, inside the window.
function place(list, at) {
  const { offsetWidth: width, offsetHeight: height } = list;
  const below = at.bottom + 4 + height <= innerHeight - margin;
  const top = below ? at.bottom + 4 : at.top - 4 - height;
  const left = at.left + width <= innerWidth - margin ? at.left : at.right - width;
  list.style.top = `${Math.max(margin, Math.min(top, innerHeight - margin - height))}px`;
  list.style.left = `${Math.max(margin, Math.min(left, innerWidth - margin - width))}px`;
}
