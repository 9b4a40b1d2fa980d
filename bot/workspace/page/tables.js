// The table and data_table blocks: rows under a header, in pages where the block asks for them.

import { h } from "./dom.js";
import { lines, unknown } from "./mrkdwn.js";
import { richText } from "./rich.js";

export function table(block, ctx) {
  const align = (column) => block.column_settings?.[column]?.align;
  const [head, ...rows] = block.rows;
  return h("div", { class: "grid" }, h("table", {},
    h("thead", {}, rowOf(head, ctx, { align, isHead: () => true, scope: "col" })),
    h("tbody", {}, rows.map((row) => rowOf(row, ctx, { align })))));
}

export function dataTable(block, ctx) {
  const size = block.page_size ?? 5;
  const [head, ...rows] = block.rows;
  const isHead = (column) => column === (block.row_header_column_index ?? 0);
  const body = h("tbody");
  const place = h("span", { class: "muted", role: "status" });
  const step = (label, by) => h("button", { type: "button", class: "press", "aria-label": `${label}: ${block.caption}`,
    onclick: () => turn(by) }, label);
  const [back, next] = [step("Previous", -size), step("Next", size)];
  let from = 0;
  const turn = (by) => {
    from += by;
    const shown = rows.slice(from, from + size);
    body.replaceChildren(...shown.map((row) => rowOf(row, ctx, { isHead })));
    place.textContent = `${from + 1}\u2013${from + shown.length} of ${rows.length}`;
    [back.disabled, next.disabled] = [from === 0, from + size >= rows.length];
  };
  turn(0);
  return h("div", {}, h("div", { class: "grid" }, h("table", {}, h("caption", {}, block.caption),
    h("thead", {}, rowOf(head, ctx, { isHead: () => true, scope: "col" })), body)),
  rows.length > size && h("div", { class: "actions slim" }, back, next, place));
}

function rowOf(cells, ctx, { align = () => null, isHead = () => false, scope = "row" }) {
  return h("tr", {}, cells.map((cell, column) => {
    const side = align(column) ?? (cell?.type === "raw_number" ? "right" : "left");
    const tag = isHead(column) ? "th" : "td";
    return h(tag, { class: `align-${side}`, scope: tag === "th" ? scope : null }, cellOf(cell, ctx));
  }));
}

function cellOf(cell, ctx) {
  if (cell?.type === "raw_text") return lines(cell.text);
  if (cell?.type === "raw_number") return cell.text ?? String(cell.value);
  return cell?.type === "rich_text" ? richText(cell, ctx) : unknown(cell);
}
