// Small tools to build elements. Text is only ever set as text.

// el makes an element: el("p", {class: "x", onclick: f}, "text", child, …).
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== ""));
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
  nodes.forEach((node, i) => {
    if (parent.childNodes[i] !== node) parent.insertBefore(node, parent.childNodes[i] || null);
  });
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
}

// link is an anchor for a web or mail address, plain text for anything else.
export function link(address, label) {
  if (!/^(https?|mailto):/i.test(address)) return document.createTextNode(label);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}
