// data_visualization in its simplest form: a list of labels, numbers and bars.

import { el } from "./dom.js";

const numbers = new Intl.NumberFormat("en-GB");

export function chart(block) {
  const rows = block.chart.type === "pie"
    ? block.chart.segments.map((s) => [s.label, s.value])
    : block.chart.series.flatMap((s) => s.data.map((p) => [`${p.label}, ${s.name}`, p.value]));
  const most = Math.max(...rows.map(([, value]) => Math.abs(value)), 0) || 1;
  return el("figure", { class: "block chart", "data-chart": block.chart.type },
    el("figcaption", {}, block.title),
    el("dl", {}, rows.flatMap(([label, value]) => [
      el("dt", {}, label),
      el("dd", {}, el("meter", { min: 0, max: most, value: Math.max(0, value), "aria-hidden": "true" }), ` ${numbers.format(value)}`),
    ])));
}
