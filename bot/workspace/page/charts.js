// The data_visualization block as inline SVG, with its figures as a table for those who would rather read them.

import { h } from "./dom.js";

const [HIGH, TOP, LINE] = [230, 10, 16];
const KINDS = { bar: bars, line: curves(false), area: curves(true), pie };

export function chart(block) {
  const plot = block.chart;
  if (!Object.hasOwn(KINDS, plot.type)) return null;
  const isPie = plot.type === "pie";
  const names = isPie ? plot.segments.map((part) => part.label) : plot.series.map((series) => series.name);
  const figures = isPie ? [["Segment", "Value"], ...plot.segments.map((part) => [part.label, part.value])]
    : [[plot.axis_config.x_label ?? "", ...names], ...plot.axis_config.categories.map((label, index) =>
      [label, ...plot.series.map((series) => series.data[index].value)])];
  const [head, ...body] = figures;
  if (!body.length || !body.flatMap((row) => row.slice(1)).every(Number.isFinite)) return null;
  const share = (index) => (isPie ? ` ${Math.round((100 * plot.segments[index].value) / sum(plot.segments))} %` : "");
  const legend = names.map((name, index) => h("li", {},
    svg("svg", { class: `hue-${index}`, viewBox: "0 0 10 10", "aria-hidden": "true" },
      svg("rect", { width: 10, height: 10, rx: 2, fill: "currentColor" })), name,
    h("span", { class: "muted" }, share(index))));
  return h("figure", { class: "chart" }, h("figcaption", {}, block.title),
    h("div", { class: isPie ? "pie" : "" },
      KINDS[plot.type](plot, `${plot.type} chart: ${block.title}; its figures follow`),
      h("ul", { class: "legend" }, legend)),
    h("details", { class: "figures" }, h("summary", {}, "Figures"), h("div", { class: "grid" }, h("table", {},
      h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, body.map(([name, ...values]) => h("tr", {}, h("th", { scope: "row" }, name),
        values.map((value) => h("td", { class: "align-right" }, String(value))))))))));
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.flat());
  return node;
}

const sum = (parts) => parts.reduce((total, part) => total + part.value, 0);
const said = (value) => new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 2 }).format(value);
const label = (text, x, y, more) => svg("text", { x, y, ...more }, text);
const tip = (...words) => svg("title", {}, words.join(", "));
const short = (text, room) => (text.length > room ? `${text.slice(0, Math.max(room - 1, 1))}\u2026` : text);

// A scale of about four even steps that holds every value, and zero.
function scaleOf(plot) {
  const values = plot.series.flatMap((series) => series.data.map((point) => point.value));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const rough = (high - low || 1) / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((times) => times * unit >= rough);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  return { ticks, y: (value) => TOP + HIGH - (HIGH * (value - ticks[0])) / (ticks.at(-1) - ticks[0]) };
}

// The axes, and within them what `draw` makes of the places: x of a category's middle, its width, y of a value.
function framed(plot, title, draw) {
  const { categories, x_label: below, y_label: beside } = plot.axis_config;
  const { ticks, y } = scaleOf(plot);
  const wide = innerWidth < 640 ? 320 : 560;
  const longest = Math.min(Math.max(...categories.map((name) => name.length)), 12);
  const tilts = (wide - 40) / categories.length < 7 * longest;
  const spills = (name, index) => 5 * Math.min(name.length, 13) - (index + 0.5) * ((wide - 60) / categories.length);
  const left = Math.max(14 + 7 * Math.max(...ticks.map((tick) => said(tick).length)) + (beside ? LINE : 0),
    ...categories.map((name, index) => (tilts ? spills(name, index) : 0))); // a tilted name needs room before it
  const slot = (wide - left - 8) / categories.length;
  const bottom = TOP + HIGH + (tilts ? 68 : 20);
  const x = (index) => left + slot * (index + 0.5);
  const viewBox = `0 0 ${wide} ${bottom + (below ? LINE : 0) + 4}`;
  const [middle, centre] = [TOP + HIGH / 2, left + (wide - left) / 2];
  const named = { "text-anchor": "middle", class: "axis" };
  return svg("svg", { class: "axes", role: "img", "aria-label": title, viewBox },
    ticks.map((tick) => svg("g", {},
      svg("line", { x1: left, x2: wide - 8, y1: y(tick), y2: y(tick), class: tick ? "" : "zero" }),
      label(said(tick), left - 6, y(tick) + 4, { "text-anchor": "end" }))),
    categories.map((name, index) => (tilts
      ? label(short(name, 13), x(index) + 4, TOP + HIGH + 14, { "text-anchor": "end",
        transform: `rotate(-40 ${x(index) + 4} ${TOP + HIGH + 14})` })
      : label(short(name, 20), x(index), TOP + HIGH + 16, { "text-anchor": "middle" }))),
    below ? label(below, centre, bottom + LINE - 2, named) : [],
    beside ? label(beside, 12, middle, { ...named, transform: `rotate(-90 12 ${middle})` }) : [],
    draw(x, slot, y));
}

function bars(plot, title) {
  return framed(plot, title, (x, slot, y) => {
    const width = Math.min((slot * 0.8) / plot.series.length, 56);
    const start = (index, place) => x(index) + width * (place - plot.series.length / 2);
    return plot.series.map((series, place) => svg("g", { class: `hue-${place}` }, series.data.map((point, index) =>
      svg("rect", { x: start(index, place) + 0.5, y: Math.min(y(point.value), y(0)), rx: 2, fill: "currentColor",
        width: Math.max(width - 1, 1), height: Math.abs(y(point.value) - y(0)) },
      tip(series.name, point.label, point.value)))));
  });
}

function curves(filled) {
  return (plot, title) => framed(plot, title, (x, _, y) => plot.series.map((series, place) => {
    const points = series.data.map((point, index) => `${x(index)},${y(point.value)}`).join(" ");
    const ends = [`${x(series.data.length - 1)},${y(0)}`, `${x(0)},${y(0)}`].join(" ");
    return svg("g", { class: `hue-${place}` },
      filled ? svg("polygon", { points: `${points} ${ends}`, fill: "currentColor", "fill-opacity": 0.22 }) : [],
      svg("polyline", { points, class: "curve" }),
      series.data.map((point, index) =>
        svg("circle", { cx: x(index), cy: y(point.value), r: 3.5, fill: "currentColor" },
          tip(series.name, point.label, point.value))));
  }));
}

function pie(plot, title) {
  const total = sum(plot.segments);
  const at = (share) => `${100 + 96 * Math.sin(2 * Math.PI * share)} ${100 - 96 * Math.cos(2 * Math.PI * share)}`;
  let from = 0;
  return svg("svg", { role: "img", "aria-label": title, viewBox: "0 0 200 200" }, plot.segments.map((part, index) => {
    const share = part.value / total;
    const path = `M100 100 L${at(from)} A96 96 0 ${share > 0.5 ? 1 : 0} 1 ${at(from + share)} Z`;
    from += share;
    const shape = share > 0.9999 ? svg("circle", { cx: 100, cy: 100, r: 96 }) : svg("path", { d: path });
    shape.setAttribute("fill", "currentColor");
    shape.append(tip(part.label, part.value));
    return svg("g", { class: `slice hue-${index}` }, shape);
  }));
}
