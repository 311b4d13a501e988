// Small tools to build elements. Text is only ever set as text.

// el makes an element: el("p", {class: "x", onclick: f}, "text", child, …).
export function el(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

// svg makes an element of a drawing.
export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== "" && c !== false));
  return node;
}

// keyed renders a list into parent and keeps the nodes of items that have not changed, so
// that a sorted table stays sorted and the focus stays where it is.
export function keyed(parent, items, keyOf, render) {
  const old = parent.keyed || new Map();
  const now = new Map();
  const nodes = items.map((item) => {
    const key = keyOf(item);
    const node = old.get(key) || render(item);
    now.set(key, node);
    return node;
  });
  parent.keyed = now;
  const staying = new Set(nodes);
  for (const node of [...parent.childNodes]) if (!staying.has(node)) node.remove();
  nodes.forEach((node, i) => {
    if (parent.childNodes[i] !== node) parent.insertBefore(node, parent.childNodes[i] || null);
  });
}

// link is an anchor for a web or mail address, plain text for anything else.
export function link(address, label) {
  if (!/^(https?|mailto):/i.test(address)) return document.createTextNode(label);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

// clock is a time of day as the person reads it.
export function clock(when, zone) {
  return when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

// copy puts text on the clipboard and says so on the button that was used.
export async function copy(text, button) {
  const before = button.textContent;
  const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
  button.textContent = done ? "Copied" : "Not permitted by the browser";
  setTimeout(() => { button.textContent = before; }, 1500);
}
