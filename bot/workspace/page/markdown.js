// The markdown block: standard Markdown as nodes. HTML in it stays text.

import { h, safeLink } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { unescape } from "./mrkdwn.js";

const DEEPEST = 8; // quotes and lists within each other
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const BEGINS = /^\s*(>|`{3,}|~{3,}|#{1,6}\s)/; // a quote, a fence, a heading
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const INLINE = new RegExp([
  "\\\\([!-/:-@[-`{-~])",
  "(`+)(?!`)([^\\n]{1,2000}?)(?<!`)\\2(?!`)",
  "!?\\[([^\\[\\]\\n]{1,500})\\]\\(<?([^()<>\\s]+)>?(?:\\s+\"[^\"\\n]*\")?\\)",
  "<(https?:[^<>\\s]+)>",
  "(\\*\\*|__)(?=\\S)([^\\n]{0,1000}?[^\\s])\\7",
  "(~~?)(?=\\S)([^~\\n]{0,1000}?[^~\\s])\\9",
  "(?<![\\w*])([*_])(?=[^\\s*_])([^\\n]{0,1000}?[^\\s*_])\\11(?![\\w*])",
  "(https?://[^\\s<>|]*[^\\s<>|.,;:!?)*_~])",
  ":([a-z0-9_+-]+):",
].join("|"), "g");

export const markdown = (text) => h("div", { class: "markdown" }, blocksOf(text.split("\n"), 0));

function blocksOf(rows, depth) {
  const nodes = [];
  for (let at = 0; at < rows.length;) {
    if (!rows[at].trim()) at += 1;
    else {
      const [node, next] = READERS.reduce((read, reader) => read ?? reader(rows, at, depth), null);
      nodes.push(node);
      at = next;
    }
  }
  return nodes;
}

// Each reader gives the node that begins at row `at` and the row after it, or null.
const READERS = [fence, heading, rule, quote, list, table, paragraph];

function fence(rows, at) {
  const mark = /^\s*(`{3,}|~{3,})/.exec(rows[at])?.[1];
  if (!mark) return null;
  const length = rows.slice(at + 1).findIndex((row) => row.trim().startsWith(mark));
  const end = length < 0 ? rows.length : at + 1 + length;
  return [h("pre", {}, h("code", {}, rows.slice(at + 1, end).join("\n"))), end + 1];
}

function heading(rows, at) {
  const found = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(rows[at]);
  return found && [h(`h${Math.min(found[1].length + 2, 6)}`, {}, inline(found[2])), at + 1];
}

function rule(rows, at) {
  return /^\s*([-*_])(\s*\1){2,}\s*$/.test(rows[at]) ? [h("hr"), at + 1] : null;
}

function quote(rows, at, depth) {
  if (depth > DEEPEST || !/^\s*>/.test(rows[at])) return null;
  const end = endOf(rows, at, (row) => /^\s*>/.test(row));
  return [h("blockquote", {}, blocksOf(rows.slice(at, end).map((row) => row.replace(/^\s*> ?/, "")), depth + 1)), end];
}

function list(rows, at, depth) {
  const first = ITEM.exec(rows[at]);
  if (depth > DEEPEST || !first) return null;
  const ordered = /\d/.test(first[2]);
  const items = [];
  let next = at;
  const isNext = (found) => found && /\d/.test(found[2]) === ordered && !rule(rows, next);
  for (let found = first; isNext(found); found = ITEM.exec(rows[next] ?? "")) {
    const end = endOf(rows, next + 1, (row) => row.search(/\S/) > found[1].length);
    const inner = rows.slice(next + 1, end).map((row) => row.slice(found[1].length + 2));
    items.push(h("li", {}, item(found[3]), blocksOf(inner, depth + 1)));
    next = end;
  }
  return [h(ordered ? "ol" : "ul", { start: ordered ? parseInt(first[2], 10) : null }, items), next];
}

function item(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return inline(text);
  const box = h("input", { type: "checkbox", disabled: true, checked: task[1] !== " " });
  return h("label", {}, box, " ", inline(task[2]));
}

function table(rows, at) {
  if (!rows[at].includes("|") || !TABLE_RULE.test(rows[at + 1] ?? "")) return null;
  const end = endOf(rows, at + 2, (row) => row.includes("|"));
  const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
  const line = (tag) => (row) => h("tr", {}, cells(row).map((cell) => h(tag, {}, inline(cell))));
  return [h("div", { class: "grid" }, h("table", {}, h("thead", {}, line("th")(rows[at])),
    h("tbody", {}, rows.slice(at + 2, end).map(line("td"))))), end];
}

function paragraph(rows, at) {
  const end = endOf(rows, at + 1, (row, place) => row.trim() && !BEGINS.test(row) && !ITEM.test(row)
    && !rule(rows, place) && !table(rows, place));
  return [h("p", {}, rows.slice(at, end).flatMap((row, index) => [index > 0 && h("br"), ...inline(row.trim())])), end];
}

function endOf(rows, from, belongs) {
  let end = from;
  while (end < rows.length && belongs(rows[end], end)) end += 1;
  return end;
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(unescape(text.slice(end, found.index)), inlineNode(found));
    end = found.index + found[0].length;
  }
  return [...nodes, unescape(text.slice(end))];
}

function inlineNode([whole, escaped, , code, label, target, auto, , bold, , strike, , italic, bare, emoji]) {
  if (escaped) return escaped;
  if (code) return h("code", {}, unescape(code.trim()));
  if (label) return safeLink(unescape(target), unescape(label));
  if (auto || bare) return safeLink(unescape(auto || bare));
  if (bold) return h("strong", {}, inline(bold));
  if (strike) return h("s", {}, inline(strike));
  if (italic) return h("em", {}, inline(italic));
  return EMOJI.get(emoji) ?? whole;
}
