// Slack's mrkdwn, as nodes. Only what is in angle brackets is a link or a mention;
// *bold*, _italic_, ~strike~, `code`, ``` blocks and > quotes are marked up.

import { el, link } from "./dom.js";

const entities = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

export function decode(text) {
  return text.replace(/&(lt|gt|amp);/g, (e) => entities[e]);
}

// mrkdwn renders a text; names are users, channels and groups by id, zone the reader's.
export function mrkdwn(text, ctx) {
  const out = document.createDocumentFragment();
  text.split("```").forEach((part, i) => {
    if (i % 2 === 1) out.append(el("pre", {}, decode(part.replace(/^\n/, ""))));
    else lines(part, ctx, out);
  });
  return out;
}

function lines(text, ctx, out) {
  const all = text.split("\n");
  all.forEach((line, i) => {
    if (/^(&gt;|>) ?/.test(line)) {
      out.append(el("blockquote", {}, ...inline(line.replace(/^(&gt;|>) ?/, ""), ctx)));
      return;
    }
    out.append(...inline(line, ctx));
    if (i < all.length - 1) out.append(el("br"));
  });
}

// A zero-width space behind a mark takes its meaning away.
const marks = [
  [/`(?!\u200b)([^`]+)`/, (s) => el("code", {}, decode(s))],
  [/<([^<>]+)>/, (s, ctx) => sequence(s, ctx)],
  [/(?<![\p{L}\p{N}])\*(?=[^\s\u200b])((?:[^*]|\*\u200b)*[^*\s])\*(?![\p{L}\p{N}\u200b])/u, (s, ctx) => el("b", {}, ...inline(s, ctx))],
  [/(?<![\p{L}\p{N}])_(?=[^\s\u200b])((?:[^_]|_\u200b)*[^_\s])_(?![\p{L}\p{N}\u200b])/u, (s, ctx) => el("i", {}, ...inline(s, ctx))],
  [/(?<![\p{L}\p{N}])~(?=[^\s\u200b])((?:[^~]|~\u200b)*[^~\s])~(?![\p{L}\p{N}\u200b])/u, (s, ctx) => el("s", {}, ...inline(s, ctx))],
];

// inline renders one line: the first mark that begins, then what is left.
function inline(text, ctx) {
  const out = [];
  let rest = text;
  while (rest) {
    let first = null;
    for (const [pattern, make] of marks) {
      const match = pattern.exec(rest);
      if (match && (!first || match.index < first.match.index)) first = { match, make };
    }
    if (!first) break;
    const { match, make } = first;
    if (match.index > 0) out.push(decode(rest.slice(0, match.index)));
    out.push(make(match[1], ctx));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) out.push(decode(rest));
  return out;
}

// sequence renders what is between angle brackets.
function sequence(inner, ctx) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : decode(inner.slice(bar + 1));
  switch (target[0]) {
    case "@": return mention("@", target.slice(1), label, ctx);
    case "#": return mention("#", target.slice(1), label, ctx);
    case "!": return special(target.slice(1), label, ctx);
    default: return link(decode(target), label || decode(target));
  }
}

export function mention(sign, id, label, ctx) {
  return el("span", { class: "mention" }, sign + (label || ctx.names[id] || id));
}

function special(command, label, ctx) {
  const [kind, ...rest] = command.split("^");
  if (kind === "date") return date(Number(rest[0]), rest[1] || "", label, ctx);
  if (kind === "subteam") return mention("@", rest[0], label, ctx);
  return el("span", { class: "mention" }, "@" + (label || kind));
}

const dateStyles = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { dateStyle: "long" }, date_long: { dateStyle: "full" }, date_short: { dateStyle: "medium" },
  date_pretty: { dateStyle: "long" }, date_long_pretty: { dateStyle: "full" }, date_short_pretty: { dateStyle: "medium" },
  time: { hour: "2-digit", minute: "2-digit" }, time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

// nearDay is what the pretty forms say of a day next to this one.
function nearDay(when, zone) {
  const day = (d) => d.toLocaleDateString("en-CA", { timeZone: zone });
  const now = Date.now();
  return { [day(new Date(now))]: "today", [day(new Date(now - 864e5))]: "yesterday", [day(new Date(now + 864e5))]: "tomorrow" }[day(when)];
}

// date renders {date_short} {time} and the like in the reader's zone.
export function date(seconds, format, fallback, ctx) {
  const when = new Date(seconds * 1000);
  if (!Number.isFinite(seconds) || Number.isNaN(when.getTime())) return document.createTextNode(fallback);
  const text = format.replace(/\{(\w+)\}/g, (token, name) => {
    const style = dateStyles[name];
    const near = name.endsWith("_pretty") && nearDay(when, ctx.zone);
    if (near) return near;
    return style ? new Intl.DateTimeFormat("en-GB", { ...style, timeZone: ctx.zone }).format(when) : token;
  });
  return el("time", { datetime: when.toISOString(), title: fallback }, text || fallback);
}
