// Blocks of messages and views as elements. ctx says who reads, what names stand for ids,
// and what a click does: {names, zone, click(action), values, errors}.

import { el, link } from "./dom.js";
import { decode, date, mention, mrkdwn } from "./mrkdwn.js";
import { element } from "./elements.js";
import { dataTable, table } from "./table.js";
import { chart } from "./chart.js";
import { input } from "./inputs.js";

const renderers = {
  section, header, context, divider: () => el("hr", { class: "block" }), actions, image, rich_text: richText, input,
  data_table: dataTable, table, data_visualization: chart,
  markdown: (block) => el("pre", { class: "block" }, block.text),
};

// blocks renders a list of blocks; a type that the page does not know is named.
export function blocks(list, ctx) {
  return list.map((block) => {
    const render = renderers[block.type] || unknown;
    return render(block, ctx);
  });
}

function unknown(block) {
  return el("p", { class: "block unknown" }, `[a block of the type ${block.type}]`);
}

// text renders a text object.
export function text(object, ctx) {
  if (!object) return document.createDocumentFragment();
  return object.type === "mrkdwn" ? mrkdwn(object.text, ctx) : plain(object.text);
}

function plain(s) {
  const out = document.createDocumentFragment();
  s.split("\n").forEach((line, i) => out.append(...(i ? [el("br"), line] : [line])));
  return out;
}

function section(block, ctx) {
  const body = el("div", { class: "body" });
  if (block.text) body.append(el("p", {}, text(block.text, ctx)));
  if (block.fields) {
    body.append(el("div", { class: "fields" }, block.fields.map((f) => el("p", {}, text(f, ctx)))));
  }
  const accessory = block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, ctx));
  return el("div", { class: "block section" }, body, accessory);
}

function header(block) {
  return el(`h${Math.min(6, (block.level || 1) + 2)}`, { class: "block header" }, plain(block.text.text));
}

function context(block, ctx) {
  return el("div", { class: "block context" }, block.elements.map((e) =>
    el("span", {}, e.type === "image" ? `[${e.alt_text}]` : text(e, ctx))));
}

function actions(block, ctx) {
  return el("div", { class: "block actions" }, block.elements.map((e) => element(e, block, ctx)));
}

// image shows the alternative text only: nothing is fetched from elsewhere.
function image(block) {
  return el("p", { class: "block image" }, `[picture: ${block.alt_text}]`);
}

const richParts = {
  rich_text_section: (part, ctx) => el("p", {}, richLine(part, ctx)),
  rich_text_preformatted: (part, ctx) => el("pre", {}, richLine(part, ctx)),
  rich_text_quote: (part, ctx) => el("blockquote", {}, richLine(part, ctx)),
  rich_text_list: (part, ctx) => el(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => el("li", {}, richLine(item, ctx)))),
};

export function richText(block, ctx) {
  return el("div", { class: "block rich" }, block.elements.map((part) => {
    const render = richParts[part.type];
    return render ? render(part, ctx) : unknown(part);
  }));
}

function richLine(part, ctx) {
  return part.elements.map((e) => styled(richElement(e, ctx), e.style));
}

function richElement(e, ctx) {
  switch (e.type) {
    case "text": return plain(e.text);
    case "link": return link(e.url, e.text || e.url);
    case "user": return mention("@", e.user_id, "", ctx);
    case "channel": return mention("#", e.channel_id, "", ctx);
    case "usergroup": return mention("@", e.usergroup_id, "", ctx);
    case "broadcast": return mention("@", e.range, "", ctx);
    case "emoji": return document.createTextNode(`:${e.name}:`);
    case "date": return date(e.timestamp, e.format, e.fallback || "", ctx);
    default: return document.createTextNode(decode(e.text || `[${e.type}]`));
  }
}

function styled(node, style) {
  const tags = { bold: "b", italic: "i", strike: "s", code: "code" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style?.[name] ? el(tag, {}, inner) : inner), node);
}
