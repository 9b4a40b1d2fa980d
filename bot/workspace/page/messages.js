// Messages in a list: who, when, what; days, ephemerals and failures among them.

import { drawForm } from "./blocks.js";
import { h, menu, reconcile } from "./dom.js";
import { emojis } from "./emoji.js";
import { mrkdwn, unknown } from "./mrkdwn.js";

const NEAR = 80; // pixels from the end that still count as being there

export const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;

export function drawMessages(container, items, view) {
  const wasAtEnd = isAtEnd(container);
  const [below, first] = [container.scrollHeight - container.scrollTop, container.querySelector(".message")];
  const { day } = view.people.times;
  reconcile(container, withMarks(items, view), (item) => item.key ?? item.ts, (item) => draw(item, view),
    day(view.people.now()));
  if (wasAtEnd) container.scrollTop = container.scrollHeight;
  else if (first !== container.querySelector(".message")) container.scrollTop = container.scrollHeight - below;
}

// The messages with what stands between them: a line for each day, one before what is new, a button before it all.
function withMarks(items, { people, newFrom = null, earlier = 0 }) {
  const marked = earlier ? [{ key: "earlier", earlier }] : [];
  let last = null;
  let isNewDrawn = newFrom === null;
  for (const item of items) {
    const day = people.times.day(item.ts * 1000);
    if (day !== last) marked.push({ key: `day ${day}`, line: day });
    if (!isNewDrawn && !item.notice && item.ts > newFrom && item.user !== people.me) {
      marked.push({ key: "new", line: "New", isNew: true });
      isNewDrawn = true;
    }
    marked.push(item);
    last = day;
  }
  return marked;
}

function draw(item, view) {
  if (item.line) {
    return h("div", { class: item.isNew ? "line new" : "line", role: "separator", "aria-label": item.line },
      h("span", {}, item.line));
  }
  if (item.earlier) {
    return h("p", { class: "earlier" }, h("button", { type: "button", class: "press small", onclick: view.showEarlier },
      "Earlier messages"), " ", h("span", { class: "muted" }, `${item.earlier} more`));
  }
  if (!item.notice) return message(item, view);
  return h("article", { class: "message notice", role: "alert" }, h("p", {}, item.text));
}

function message(item, view) {
  const { people } = view;
  const [name, at] = [people.name(item.user), item.ts * 1000];
  return h("article", { class: item.is_ephemeral ? "message ephemeral" : "message", "data-ts": item.ts,
    "aria-label": `Message from ${name}` },
  h("div", { class: `avatar tint-${[...item.user].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 6}`,
    "aria-hidden": "true" }, name.slice(0, 1).toUpperCase()),
  h("div", { class: "grow" },
    item.is_ephemeral && h("p", { class: "muted" }, "Only visible to you"),
    h("p", { class: "by" }, h("strong", {}, name), people.isBot(item.user) && h("span", { class: "badge" }, "APP"),
      h("time", { class: "muted", datetime: new Date(at).toISOString(), title: people.times.full(at) },
        people.times.time(at))),
    body(item, view), item.files?.map((file) => attached(file, view)),
    item.attachments?.map((part) => unknown({ ...part, type: "attachment" })),
    item.edited && h("span", { class: "muted" }, "(edited)"), reactions(item, people), tools(item, view)));
}

function attached({ id, title, name }, { fileLink }) {
  if (!name) return h("p", { class: "file muted" }, "This file was deleted.");
  return h("p", { class: "file" }, "File: ",
    h("a", { href: fileLink(id), target: "_blank", rel: "noopener" }, title || name));
}

function body(item, view) {
  const box = h("div", { class: item.blocks ? "blocks" : "text" });
  if (item.blocks) drawForm(box, item.blocks, { ...view, act: (action) => view.act(item, action) });
  else box.append(...mrkdwn(item.text ?? "", view.people));
  return box;
}

function tools(item, view) {
  const actions = item.is_ephemeral || item.subtype === "tombstone" ? [] : view.shortcuts(item);
  const inThread = view.openThread && !item.is_ephemeral;
  return (inThread || actions.length > 0) && h("div", { class: item.reply_count ? "tools" : "tools above" },
    inThread && replies(item, view),
    actions.length > 0 && menu("More actions", actions));
}

function replies(item, { openThread, people }) {
  const count = item.reply_count ?? 0;
  const open = () => openThread(item.thread_ts ?? item.ts);
  if (!count) return h("button", { type: "button", class: "replies tool", onclick: open }, "Reply in thread");
  const at = (item.latest_reply ?? item.ts) * 1000;
  const day = people.times.day(at).replace(/^(Today|Yesterday)$/, (word) => word.toLowerCase());
  const words = `${count} ${count === 1 ? "reply" : "replies"}`;
  return h("button", { type: "button", class: "replies", onclick: open }, words,
    h("span", { class: "muted" }, ` Last reply ${day} at ${people.times.time(at)}`));
}

function reactions(item, people) {
  return item.reactions?.length > 0 && h("p", { class: "reactions" }, item.reactions.map((reaction) => {
    const who = (reaction.users ?? []).map((user) => people.name(user)).join(", ");
    const label = `${reaction.name}, ${reaction.count}: ${who}`;
    return h("span", { class: "badge", role: "img", title: who, "aria-label": label },
      `${emojis(`:${reaction.name}:`)} ${reaction.count}`);
  }));
}
