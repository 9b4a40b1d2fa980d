// Slack's mrkdwn as nodes: bold, italic, strike, code, quotes, links, mentions, dates.

import { h, safeLink } from "./dom.js";
import { EMOJI, emojis } from "./emoji.js";

const INLINE = new RegExp([
  "`([^`\\n]+)`",
  "<([^<>\\n]+)>",
  "(?<![\\w*])\\*(?=\\S)([^*\\n]*[^*\\s])\\*(?![\\w*])",
  "(?<!\\w)_(?=\\S)([^\\n]{0,500}?[^_\\s])_(?!\\w)",
  "(?<![\\w~])~(?=\\S)([^~\\n]*[^~\\s])~(?![\\w~])",
  "(https?://[^\\s<>|]*[^\\s<>|.,;:!?)*_~])",
  ":([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?",
].join("|"), "g");

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function mrkdwn(text, people) {
  const parts = text.split(/```([\s\S]+?)```/);
  return parts.flatMap((part, index) => index % 2
    ? [h("pre", {}, h("code", {}, unescape(part.replace(/^\n/, ""))))] : paragraphs(part, people));
}

function paragraphs(text, people) {
  const nodes = [];
  let quote = null;
  for (const [index, line] of text.split("\n").entries()) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else nodes.push(quote = h("blockquote"));
      quote.append(...inline(quoted[1], people));
    } else {
      if (index && !quote) nodes.push(h("br"));
      quote = null;
      nodes.push(...inline(line, people));
    }
  }
  return nodes;
}

function inline(text, people) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(unescape(text.slice(end, found.index)), inlineNode(found, people));
    end = found.index + found[0].length;
  }
  return [...nodes, unescape(text.slice(end))];
}

function inlineNode([whole, code, token, bold, italic, strike, url, emoji], people) {
  if (code) return h("code", {}, unescape(code));
  if (token) return control(token, people);
  if (bold) return h("strong", {}, inline(bold, people));
  if (italic) return h("em", {}, inline(italic, people));
  if (strike) return h("s", {}, inline(strike, people));
  if (url) return safeLink(unescape(url));
  return EMOJI.get(emoji) ?? whole;
}

// What stands between < and >: a mention, a date, or a link.
function control(token, people) {
  const [target, label] = [token.split("|")[0], token.includes("|") ? token.slice(token.indexOf("|") + 1) : ""];
  if (target.startsWith("!date^")) return dateNode(target, label, people);
  if (target.startsWith("@")) return mention("@" + people.name(target.slice(1), label));
  if (target.startsWith("#")) return mention("#" + people.channel(target.slice(1), label));
  if (target.startsWith("!subteam^")) return mention(label || `@${people.group?.(target.slice(9)) ?? target.slice(9)}`);
  if (target.startsWith("!")) return mention(label || "@" + target.slice(1).split("^")[0]);
  if (/^(https?:|mailto:)/i.test(target)) return safeLink(unescape(target), unescape(label || target));
  return document.createTextNode(`<${unescape(token)}>`);
}

function mention(text) {
  return h("span", { class: "mention" }, unescape(text));
}

function dateNode(target, fallback, people) {
  const [, seconds, format = "{date}", link] = target.split("^");
  const date = new Date(Number(seconds) * 1000);
  if (!seconds || Number.isNaN(date.getTime())) return document.createTextNode(unescape(fallback));
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => dateText(date, name, people) ?? whole);
  const node = h("time", { datetime: date.toISOString(), title: unescape(fallback) }, unescape(text));
  return /^https?:/i.test(link) ? safeLink(unescape(link), node) : node;
}

const DATES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { month: "long", day: "numeric" },
  date_short: { month: "short", day: "numeric" },
  date_long: { weekday: "long", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
const HALF_A_YEAR = 183 * 864e5;

function dateText(date, name, people) {
  const now = people.now?.() ?? Date.now();
  if (name === "ago") return ago(date, now);
  const style = DATES[name.replace("_pretty", "")];
  if (!style) return null;
  const year = name.startsWith("date") && Math.abs(date - now) > HALF_A_YEAR ? { year: "numeric" } : {};
  const locale = name === "date_num" ? "sv" : "en-GB"; // Sweden writes dates as ISO does
  const written = new Intl.DateTimeFormat(locale, { ...style, ...year, timeZone: people.tz });
  return (name.endsWith("_pretty") && prettyDay(date, now, people.tz)) || written.format(date);
}

function prettyDay(date, now, timeZone) {
  const day = (time) => new Date(time).toLocaleDateString("en", { timeZone });
  const words = { [day(now - 864e5)]: "yesterday", [day(now)]: "today", [day(now + 864e5)]: "tomorrow" };
  return words[day(date)];
}

function ago(date, now) {
  const minutes = Math.round((date - now) / 60000);
  const [amount, unit] = Math.abs(minutes) < 60 ? [minutes, "minute"]
    : Math.abs(minutes) < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(amount, unit);
}

// What the page cannot draw is shown as it came, never left out.
export function unknown(part) {
  const name = typeof part?.type === "string" ? part.type : "A part without a type";
  return h("details", { class: "unknown" }, h("summary", {}, `${name}: this page cannot draw it`),
    h("pre", {}, JSON.stringify(part, null, 2) ?? String(part)));
}

// A text object of Block Kit.
export function textObject(text, people) {
  if (!text) return [];
  if (text.type !== "mrkdwn" && text.type !== "plain_text") return unknown(text);
  return text.type === "mrkdwn" ? mrkdwn(text.text, people) : lines(emojis(text.text));
}

export function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}
