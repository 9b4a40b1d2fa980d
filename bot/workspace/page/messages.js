// Messages in a list: who, when, what; ephemerals and failures among them.

import { drawBlocks, collect } from "./blocks.js";
import { h, reconcile } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

export function drawMessages(container, items, view) {
  const atEnd = container.scrollHeight - container.scrollTop - container.clientHeight < 80;
  reconcile(container, items, (item) => item.ts, (item) => (item.notice ? notice(item) : message(item, view)));
  if (atEnd) container.scrollTop = container.scrollHeight;
}

function notice(item) {
  return h("article", { class: "message notice", role: "alert" }, h("p", {}, item.text));
}

function message(item, view) {
  const { people } = view;
  const name = people.name(item.user);
  return h("article", { class: item.is_ephemeral ? "message ephemeral" : "message", "aria-label": `Message from ${name}`,
    "data-ts": item.ts },
  h("div", { class: `avatar tint-${[...item.user].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 6}`,
    "aria-hidden": "true" }, name.slice(0, 1).toUpperCase()),
  h("div", { class: "grow" },
    item.is_ephemeral && h("p", { class: "muted" }, "Only visible to you"),
    h("p", { class: "by" }, h("strong", {}, name), people.isBot(item.user) && h("span", { class: "badge" }, "APP"),
      h("time", { class: "muted", datetime: new Date(item.ts * 1000).toISOString() }, clock(item.ts, people.tz))),
    body(item, view), item.edited && h("span", { class: "muted" }, "(edited)"),
    reactions(item), view.openThread && !item.is_ephemeral && replies(item, view)));
}

function body(item, view) {
  if (!item.blocks) return h("div", { class: "text" }, mrkdwn(item.text ?? "", view.people));
  const fields = [];
  const act = (action) => view.act(item, { ...action, values: collect(fields) });
  return h("div", { class: "blocks" }, drawBlocks(item.blocks, { ...view, fields, act }));
}

function replies(item, view) {
  const count = item.reply_count ?? 0;
  const text = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "Reply in thread";
  return h("button", { type: "button", class: count ? "replies" : "replies quiet",
    onclick: () => view.openThread(item.thread_ts ?? item.ts) }, text);
}

function reactions(item) {
  return item.reactions?.length && h("p", { class: "reactions" }, item.reactions.map((reaction) =>
    h("span", { class: "badge" }, `${reaction.name} ${reaction.count}`)));
}

function clock(ts, timeZone) {
  const style = { weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone };
  return new Intl.DateTimeFormat("en-GB", style).format(new Date(ts * 1000));
}
