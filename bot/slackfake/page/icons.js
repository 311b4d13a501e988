// The icons of the page: strokes in a square of 20.

import { svg } from "./dom.js";

const drawings = {
  menu: "M3 5h14M3 10h14M3 15h14",
  close: "M5 5l10 10M15 5L5 15",
  send: "M3 3l14 7-14 7 2.5-7zM5.5 10H11",
  more: "M4 10h.01M10 10h.01M16 10h.01",
  thread: "M4 4h12v9H9l-4 3v-3H4zM7 7.5h6M7 10h4",
  code: "M7 5L2.5 10 7 15M13 5l4.5 5-4.5 5",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 100 4 2 2 0 000-4z",
  bolt: "M11 2L4 11h5l-1 7 8-10h-5z",
  hash: "M8 3L6.5 17M13.500 3L12 17M3.500 7.500h14M2.500 12.500h14",
  lock: "M5 9h10v8H5zM7 9V6.500a3 3 0 016 0V9",
  shared: "M8 6l4-3 4 4-3 4M12 14l-4 3-4-4 3-4M8 12l4-4",
  home: "M3 10l7-6 7 6M5 9v7h10V9",
  person: "M10 10a3.500 3.500 0 100-7 3.500 3.500 0 000 7zM3.500 17c.5-3.500 3-5 6.500-5s6 1.500 6.500 5",
  sun: "M10 6.500a3.500 3.500 0 100 7 3.500 3.500 0 000-7zM10 1.500v2M10 16.500v2M1.500 10h2M16.500 10h2M4 4l1.400 1.400M14.600 14.600L16 16M16 4l-1.400 1.400M5.400 14.600L4 16",
  moon: "M16.500 12A7 7 0 018 3.500 7 7 0 1016.500 12z",
  file: "M5 2.500h7l3.500 3.500v11.500H5zM12 2.500V6h3.500M7.500 10h5.500M7.500 13h5.500",
  download: "M10 3v9M6 9l4 4 4-4M4 16.500h12",
  down: "M5 8l5 5 5-5",
  left: "M12.500 5l-5 5 5 5",
  right: "M7.500 5l5 5-5 5",
  up: "M5 12l5-5 5 5",
  updown: "M6.500 8L10 4.500 13.500 8M6.500 12l3.500 3.500 3.500-3.500",
  check: "M4 10.500l4 4 8-9",
  warning: "M10 3l8 14H2zM10 8v4.500M10 14.500v.01",
  edit: "M4 16l.5-3L13 4.500l2.500 2.500L7 15.500z",
  trash: "M4 6h12M8 6V4h4v2M5.500 6l.8 11h7.400l.8-11",
  at: "M10 7a3 3 0 100 6 3 3 0 000-6zM13 7v4.500c0 2 4 2 4-1.500a7 7 0 10-3 5.700",
  open: "M11 4h5v5M16 4l-7 7M13 11.500V16H4V7h4.500",
};

// icon is hidden from screen readers: what it is on has the name.
export function icon(name) {
  return svg("svg", { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: drawings[name], fill: "none", stroke: "currentColor", "stroke-width": "1.6", "stroke-linecap": "round", "stroke-linejoin": "round" }));
}
