// Rich text: sections, lists, quotes and code blocks, with their leaves. A text leaf is never read as markup.

import { h, safeLink } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { lines, mrkdwn, unknown } from "./mrkdwn.js";

export const richText = (block, ctx) => h("div", { class: "rich" }, block.elements.map((part) => rich(part, ctx)));

function rich(part, ctx) {
  const inner = () => (part.elements ?? []).map((leaf) => richLeaf(leaf, ctx));
  switch (part.type) {
    case "rich_text_section": return h("p", {}, inner());
    case "rich_text_quote": return h("blockquote", {}, inner());
    case "rich_text_preformatted": return h("pre", {}, inner());
    case "rich_text_list": return richList(part, ctx);
    default: return unknown(part);
  }
}

function richList(part, ctx) {
  const list = h(part.style === "ordered" ? "ol" : "ul", { start: part.offset ? part.offset + 1 : null },
    part.elements.map((item) => h("li", {}, rich(item, ctx))));
  list.style.marginInlineStart = `${24 * Math.min(part.indent || 0, 8)}px`;
  return list;
}

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
const LEAVES = {
  text: (leaf) => h("span", {}, lines(leaf.text)),
  link: (leaf) => safeLink(leaf.url, leaf.text || leaf.url),
  emoji: (leaf) => EMOJI.get(leaf.name) ?? (leaf.unicode
    ? String.fromCodePoint(...leaf.unicode.split("-").map((code) => parseInt(code, 16))) : `:${leaf.name}:`),
  user: (leaf, { people }) => h("span", {}, mrkdwn(`<@${leaf.user_id}>`, people)),
  channel: (leaf, { people }) => h("span", {}, mrkdwn(`<#${leaf.channel_id}>`, people)),
  usergroup: (leaf, { people }) => h("span", {}, mrkdwn(`<!subteam^${leaf.usergroup_id}>`, people)),
  broadcast: (leaf) => h("span", { class: "mention" }, `@${leaf.range}`),
  color: (leaf) => h("code", {}, leaf.value),
  date: (leaf, { people }) => h("span", {},
    mrkdwn(`<!date^${leaf.timestamp}^${leaf.format ?? ""}|${leaf.fallback ?? ""}>`, people)),
};

function richLeaf(leaf, ctx) {
  if (!Object.hasOwn(LEAVES, leaf?.type)) return unknown(leaf);
  return Object.keys(STYLES).reduce((inner, name) => (leaf.style?.[name] ? h(STYLES[name], {}, inner) : inner),
    LEAVES[leaf.type](leaf, ctx));
}

// The words alone, as a text box holds them; and a text box's words as rich text.
export function wordsOf(part) {
  if (typeof part?.text === "string") return part.text;
  const inner = (part?.elements ?? []).map(wordsOf);
  return inner.join(part?.type === "rich_text" || part?.type === "rich_text_list" ? "\n" : "");
}

export function richFrom(text) {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}
