// The box to write in: Enter sends, arrow up brings earlier lines back, "/" and "@" suggest.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const remembered = 50; // lines of history

// composer fills a form. options: {id, label, hint, send(text), suggest() → [{insert, label, note}],
// tools: buttons at the left}. It returns {field, put(text), ready(), describe(placeholder)}.
export function composer(form, options) {
  const field = el("textarea", {
    id: options.id, rows: 1, "aria-label": options.label, autocomplete: "off", spellcheck: "false",
    "aria-autocomplete": "list", "aria-describedby": `${options.id}-hint`,
  });
  const send = el("button", { type: "submit", class: "icon-button send", "aria-label": "Send", title: "Send" }, icon("send"));
  form.append(field, el("div", { class: "composer-tools" }, options.tools || [],
    el("span", { class: "hint", id: `${options.id}-hint` }, options.hint), send));
  const suggestions = suggesting(form, field, options.suggest);
  const history = past(field, options.id);
  const changed = () => {
    send.classList.toggle("ready", field.value.trim() !== "");
    suggestions.update();
  };
  const put = (text) => {
    field.value = text;
    field.setSelectionRange(text.length, text.length);
    field.focus();
    changed();
    suggestions.close();
  };
  field.addEventListener("input", changed);
  field.addEventListener("blur", () => suggestions.close());
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || suggestions.key(event) || history.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("keypress", (event) => {
    if (event.key === "Enter" && !event.shiftKey) event.preventDefault(); // no empty line stays behind
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    changed();
    if (await options.send(text)) history.add(text);
    else if (!field.value) put(text); // nothing typed is lost
  });
  // ready puts the focus into the box, except where that would bring up a keyboard on the screen.
  const ready = () => { if (!matchMedia("(pointer: coarse)").matches && field.checkVisibility()) field.focus({ preventScroll: true }); };
  return { field, put, ready, describe: (placeholder) => { field.placeholder = placeholder; } };
}

// past is the history of a box, kept as long as the tab is open.
function past(field, id) {
  let sent = [];
  try {
    sent = JSON.parse(sessionStorage.getItem(`sent ${id}`)) || [];
  } catch {
    // A browser that keeps nothing starts with an empty history.
  }
  let at = sent.length;
  const show = (to) => {
    at = to;
    field.value = sent[at] || "";
    field.dispatchEvent(new Event("input"));
  };
  return {
    add(text) {
      sent = [...sent.filter((s) => s !== text), text].slice(-remembered);
      at = sent.length;
      try {
        sessionStorage.setItem(`sent ${id}`, JSON.stringify(sent));
      } catch {
        // It is kept in memory then.
      }
    },
    key(event) {
      const untouched = field.value === "" || field.value === sent[at];
      if (event.key === "ArrowUp" && untouched && at > 0) show(at - 1);
      else if (event.key === "ArrowDown" && untouched && at < sent.length) show(at + 1);
      else {
        if (field.value === "") at = sent.length;
        return false;
      }
      event.preventDefault();
      return true;
    },
  };
}

// suggesting offers what begins like the word before the cursor: commands and people.
function suggesting(form, field, suggest) {
  let found = [], at = 0;
  const list = el("ul", { class: "suggestions", role: "listbox", id: `${field.id}-suggestions`, "aria-label": "Suggestions", hidden: true });
  form.prepend(list);
  const close = () => {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };
  const word = () => /(^\/\S*|(?:^|\s)@\S*)$/.exec(field.value.slice(0, field.selectionStart))?.[0].trim();
  const take = () => {
    const before = field.value.slice(0, field.selectionStart);
    const start = before.slice(0, before.length - word().length) + found[at].insert + " ";
    field.value = start + field.value.slice(before.length);
    field.setSelectionRange(start.length, start.length);
    field.dispatchEvent(new Event("input"));
  };
  const draw = () => {
    list.replaceChildren(...found.map((s, i) => el("li", {
      role: "option", id: `${field.id}-suggestion-${i}`, "aria-selected": String(i === at),
      onmousedown: (event) => { event.preventDefault(); at = i; take(); },
    }, el("b", {}, s.label), el("small", {}, s.note))));
    list.hidden = found.length === 0;
    if (found.length) field.setAttribute("aria-activedescendant", `${field.id}-suggestion-${at}`);
    else close();
  };
  return {
    close,
    update() {
      const typed = word();
      found = typed ? suggest().filter((s) => s.insert.toLowerCase().startsWith(typed.toLowerCase()) && s.insert !== typed) : [];
      at = 0;
      draw();
    },
    key(event) {
      if (list.hidden) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) at = (at + step + found.length) % found.length;
      else if (event.key === "Escape") found = [];
      else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
        event.preventDefault();
        take();
        return true;
      } else return false;
      event.preventDefault();
      draw();
      return true;
    },
  };
}
