// data_visualization as a drawing: pie, bar, line and area. Every figure is also there as
// text: beside a pie, in a table below the others.

import { el, svg } from "./dom.js";

const numbers = new Intl.NumberFormat("en-GB");
const colours = 6;
const colour = (i) => (i % colours) + 1;

export function chart(block) {
  const draw = block.chart.type === "pie" ? pie : plot;
  return el("figure", { class: "block chart", "data-chart": block.chart.type }, el("figcaption", {}, block.title), draw(block.chart, block.title));
}

function pie({ segments }, title) {
  const total = segments.reduce((sum, s) => sum + s.value, 0);
  let from = 0;
  const slices = segments.map((s, i) => {
    const to = from + s.value / total;
    const node = slice(from, to, i);
    node.append(svg("title", {}, `${s.label}: ${numbers.format(s.value)}`));
    from = to;
    return node;
  });
  const label = `Pie chart, ${title}: ${segments.map((s) => `${s.label} ${numbers.format(s.value)}`).join(", ")}`;
  return el("div", { class: "pie" },
    svg("svg", { viewBox: "-1.02 -1.02 2.04 2.04", role: "img", "aria-label": label }, slices),
    el("div", { class: "legend" }, segments.map((s, i) => el("span", { class: "entry" },
      el("span", { class: `swatch f${colour(i)}` }), el("span", {}, s.label),
      el("span", { class: "row-value" }, numbers.format(s.value)), el("span", { class: "share" }, percent(s.value / total))))));
}

function percent(share) {
  return share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`;
}

// slice is a part of the circle of radius 1, clockwise from the top; from and to are shares of the whole.
function slice(from, to, i) {
  const common = { class: `f${colour(i)}`, "vector-effect": "non-scaling-stroke" };
  if (to - from > 0.9999) return svg("circle", { ...common, r: 1 });
  const at = (share) => `${Math.sin(2 * Math.PI * share).toFixed(5)} ${(-Math.cos(2 * Math.PI * share)).toFixed(5)}`;
  return svg("path", { ...common, d: `M0 0L${at(from)}A1 1 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}Z` });
}

const box = { height: 220, left: 48, right: 8, top: 8, bottom: 26 };

// plot draws a chart with axes as wide as it is shown, so that its letters keep their size.
function plot(c, title) {
  const frame = el("div", { class: "plot" });
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0) frame.replaceChildren(axes(c, title, width));
  });
  observer.observe(frame);
  return el("div", {}, frame, c.series.length > 1 ? el("div", { class: "legend line" }, c.series.map((s, i) =>
    el("span", {}, el("span", { class: `swatch f${colour(i)}` }), s.name))) : null, figures(c));
}

function figures(c) {
  return el("details", {}, el("summary", { class: "quiet" }, "Show as a table"), el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, c.axis_config.x_label || ""), c.series.map((s) => el("th", { scope: "col", class: "number" }, s.name)))),
    el("tbody", {}, c.axis_config.categories.map((name) => el("tr", {}, el("th", { scope: "row" }, name),
      c.series.map((s) => el("td", { class: "number" }, numbers.format(valueOf(s, name)))))))));
}

const valueOf = (s, category) => s.data.find((p) => p.label === category)?.value ?? 0;

// steps are round numbers that span the values, and zero.
function steps(values) {
  const low = Math.min(0, ...values), high = Math.max(0, ...values);
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((n) => n * power >= rough) * power;
  const out = [];
  for (let v = Math.floor(low / step) * step; v < high + step * 0.999; v += step) out.push(Number(v.toPrecision(12)));
  return out.length > 1 ? out : [0, step];
}

function axes(c, title, width) {
  const names = c.axis_config.categories;
  const grid = steps(c.series.flatMap((s) => s.data.map((p) => p.value)));
  const [low, high] = [grid[0], grid.at(-1)];
  const y = (v) => box.top + (1 - (v - low) / (high - low)) * (box.height - box.top - box.bottom);
  const band = (width - box.left - box.right) / names.length;
  const x = (i) => box.left + band * (i + 0.5);
  const every = Math.ceil(names.length * 70 / (width - box.left)); // labels that find room
  const shapes = { bar: bars, line: lines, area: lines }[c.type](c, { names, x, y, band });
  return svg("svg", { viewBox: `0 0 ${width} ${box.height}`, role: "img", "aria-label": `${c.type} chart, ${title}` },
    grid.map((v) => [
      svg("line", { class: v === 0 ? "zero" : "grid", x1: box.left, x2: width - box.right, y1: y(v), y2: y(v) }),
      svg("text", { x: box.left - 8, y: y(v) + 4, "text-anchor": "end" }, numbers.format(v)),
    ]).flat(),
    shapes,
    names.map((name, i) => (i % every ? null : svg("text", { x: x(i), y: box.height - 8, "text-anchor": "middle" }, name))));
}

function bars(c, { names, x, y, band }) {
  const wide = Math.min(48, band * 0.7 / c.series.length);
  return c.series.flatMap((s, i) => names.map((name, n) => {
    const v = valueOf(s, name);
    return svg("rect", {
      class: `f${colour(i)}`, rx: 2, x: x(n) + (i - c.series.length / 2) * wide, width: Math.max(1, wide - 2), y: Math.min(y(v), y(0)), height: Math.abs(y(v) - y(0)),
    }, svg("title", {}, `${name}, ${s.name}: ${numbers.format(v)}`));
  }));
}

function lines(c, { names, x, y }) {
  return c.series.flatMap((s, i) => {
    const points = names.map((name, n) => `${x(n)} ${y(valueOf(s, name))}`);
    const line = `M${points.join("L")}`;
    const under = `${line}L${x(names.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z`;
    return [
      c.type === "area" ? svg("path", { class: `filled f${colour(i)}`, d: under }) : null,
      svg("path", { class: `stroke s${colour(i)}`, d: line }),
      ...names.map((name, n) => svg("circle", { class: `f${colour(i)}`, cx: x(n), cy: y(valueOf(s, name)), r: 3 }, svg("title", {}, `${name}, ${s.name}: ${numbers.format(valueOf(s, name))}`))),
    ].filter(Boolean);
  });
}
