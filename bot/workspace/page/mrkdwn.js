// Slack's mrkdwn as nodes: bold, italic, strike, code, quotes, links, mentions, dates.

import { h, safeLink } from "./dom.js";

const EMOJI = {
  "+1": "\u{1F44D}", thumbsup: "\u{1F44D}", "-1": "\u{1F44E}", thumbsdown: "\u{1F44E}", white_check_mark: "\u2705",
  heavy_check_mark: "\u2714\uFE0F", x: "\u274C", warning: "\u26A0\uFE0F", wave: "\u{1F44B}", tada: "\u{1F389}",
  eyes: "\u{1F440}", bulb: "\u{1F4A1}", calendar: "\u{1F4C5}", bell: "\u{1F514}", lock: "\u{1F512}",
  question: "\u2753", information_source: "\u2139\uFE0F", smile: "\u{1F604}", pray: "\u{1F64F}",
};
const INLINE = new RegExp([
  "`([^`\\n]+)`",
  "<([^<>\\n]+)>",
  "(?<![\\w*])\\*(?=\\S)([^*\\n]*[^*\\s])\\*(?![\\w*])",
  "(?<!\\w)_(?=\\S)([^\\n]*?[^_\\s])_(?!\\w)",
  "(?<![\\w~])~(?=\\S)([^~\\n]*[^~\\s])~(?![\\w~])",
  "(https?://[^\\s<>|]*[^\\s<>|.,;:!?)*_~])",
  ":([a-z0-9_+-]+):",
].join("|"), "g");

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function emojis(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
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
  return EMOJI[emoji] ?? whole;
}

// What stands between < and >: a mention, a date, or a link.
function control(token, people) {
  const [target, label] = [token.split("|")[0], token.includes("|") ? token.slice(token.indexOf("|") + 1) : ""];
  if (target.startsWith("!date^")) return dateNode(target, label, people);
  if (target.startsWith("@")) return mention("@" + people.name(target.slice(1), label));
  if (target.startsWith("#")) return mention("#" + people.channel(target.slice(1), label));
  if (target.startsWith("!")) return mention(label || "@" + target.slice(1).split("^")[0]);
  if (/^(https?:|mailto:)/i.test(target)) return safeLink(unescape(target), unescape(label || target));
  return document.createTextNode(`<${unescape(token)}>`);
}

function mention(text) {
  return h("span", { class: "mention" }, unescape(text));
}

function dateNode(target, fallback, people) {
  const [, seconds, format, link] = target.split("^");
  const date = new Date(Number(seconds) * 1000);
  if (!seconds || Number.isNaN(date.getTime())) return document.createTextNode(unescape(fallback));
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => dateText(date, name, people.tz) ?? whole);
  const node = h("time", { datetime: date.toISOString(), title: unescape(fallback) }, unescape(text));
  return link ? h("a", { href: /^https?:/i.test(link) ? link : "#", target: "_blank", rel: "noopener" }, node) : node;
}

const DATES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

function dateText(date, name, timeZone) {
  if (name === "ago") return ago(date);
  const style = DATES[name.replace("_pretty", "")];
  return style && (prettyDay(date, name, timeZone) ?? new Intl.DateTimeFormat("en", { ...style, timeZone }).format(date));
}

function prettyDay(date, name, timeZone) {
  if (!name.endsWith("_pretty")) return null;
  const day = (offset) => new Date(Date.now() + offset * 864e5).toLocaleDateString("en", { timeZone });
  const words = { [day(-1)]: "yesterday", [day(0)]: "today", [day(1)]: "tomorrow" };
  return words[date.toLocaleDateString("en", { timeZone })] ?? null;
}

function ago(date) {
  const minutes = Math.round((date - Date.now()) / 60000);
  const [amount, unit] = Math.abs(minutes) < 60 ? [minutes, "minute"]
    : Math.abs(minutes) < 1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(amount, unit);
}

// A text object of Block Kit.
export function textObject(text, people) {
  if (!text) return [];
  return text.type === "mrkdwn" ? mrkdwn(text.text, people) : lines(emojis(text.text));
}

export function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}
