// Block Kit as elements. `ctx` says who is looking (people), what to do on a press (act), and collects inputs (fields).

import { chart } from "./charts.js";
import { h, reconcile, safeLink } from "./dom.js";
import { collect, element } from "./elements.js";
import { emojis } from "./emoji.js";
import { markdown } from "./markdown.js";
import { lines, textObject, unknown } from "./mrkdwn.js";
import { richText } from "./rich.js";
import { dataTable, table } from "./tables.js";

let serial = 0;

export function drawBlocks(blocks, ctx) {
  return blocks.map((block) => orUnknown(block, () =>
    Object.hasOwn(BLOCKS, block.type) && BLOCKS[block.type](block, ctx)));
}

// Draws blocks that hold entries: those that have not changed stay as they are, with what was typed. Gives the entries.
export function drawForm(container, blocks, ctx) {
  const values = () => collect([...container.children].flatMap((node) => node.fields ?? []));
  const entered = values();
  reconcile(container, blocks, (block) => block.block_id, (block) => {
    const fields = [];
    const act = (action) => ctx.act({ ...action, values: values() });
    const [node] = drawBlocks([block], { ...ctx, act, entered, fields });
    node.fields = fields;
    return node;
  });
  return values;
}

// One malformed part must not take the rest of the message with it.
function orUnknown(part, draw) {
  try {
    return draw() || unknown(part);
  } catch {
    return unknown(part);
  }
}

const words = (text, ctx) => text && h("div", { class: "text" }, textObject(text, ctx.people));
const elements = (block, parts, ctx) => (parts ?? []).map((part) => orUnknown(part, () => element(block, part, ctx)));

const BLOCKS = {
  section: (block, ctx) => h("div", { class: "section" },
    h("div", { class: "grow" }, words(block.text, ctx),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => words(field, ctx)))),
    block.accessory && (block.accessory.type === "image" ? picture(block.accessory, "thumbnail")
      : elements(block, [block.accessory], ctx))),
  header: ({ level = 2, text }) => h(`h${level + 2}`, { class: `header level-${level}` }, lines(emojis(text.text))),
  divider: () => h("hr"),
  context: (block, ctx) => h("div", { class: "context" }, block.elements.map((part) => orUnknown(part, () =>
    (part.type === "image" ? picture(part, "tiny") : h("span", {}, textObject(part, ctx.people)))))),
  actions: (block, ctx) => h("div", { class: "actions" }, elements(block, block.elements, ctx)),
  context_actions: (block, ctx) => h("div", { class: "actions slim" }, elements(block, block.elements, ctx)),
  image: (block) => h("figure", {}, block.title && h("figcaption", {}, block.title.text), picture(block)),
  input: drawInput,
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  table,
  data_table: dataTable,
  data_visualization: chart,
  alert: (block, ctx) => h("div", { class: `alert alert-${block.level}`, role: "note" },
    h("strong", {}, ALERTS[block.level] ?? ""), words(block.text, ctx)),
  card,
  carousel: (block, ctx) => h("div", { class: "carousel", role: "group", "aria-label": "Cards", tabindex: 0 },
    drawBlocks(block.elements, ctx)),
  container,
  task_card: (block, ctx) => h("div", { class: "card" }, task(block, ctx)),
  plan: (block, ctx) => h("div", { class: "card", role: "group", "aria-label": block.title },
    h("strong", {}, block.title), (block.tasks ?? []).map((part) => orUnknown(part, () => task(part, ctx)))),
  video: (block) => labelled("Video", block.title?.text, block.alt_text, block.video_url),
  file: (block) => labelled("File", block.external_id),
};
const ALERTS = { info: "Note", warning: "Warning", error: "Error", success: "Done" };

function isOwn(url) {
  try {
    return /^data:image\//i.test(url) || new URL(url).origin === location.origin;
  } catch {
    return false;
  }
}

// Only images that come with the page or in the message are loaded; nothing is fetched from elsewhere.
function picture(part, size = "") {
  const url = String(part.image_url ?? part.slack_file?.url ?? "");
  const alt = part.alt_text ?? "";
  if (isOwn(url)) return h("img", { class: size, src: url, alt });
  return h("span", { class: `image ${size}`, title: url }, `Image: ${alt}`, !size && url && [h("br"), safeLink(url)]);
}

const labelled = (kind, ...parts) => h("p", { class: "image" }, `${kind}: `,
  parts.filter(Boolean).flatMap((part, index) => [index > 0 && " \u00B7 ", safeLink(part)]));

function drawInput(block, ctx) {
  const control = orUnknown(block.element, () => element(block, block.element, ctx));
  const field = control.matches("input, textarea, select") ? control : null;
  const id = `field-${++serial}`;
  if (field) field.id = id;
  const label = [block.label.text, block.optional && h("span", { class: "muted" }, " (optional)")];
  return h("div", { class: "input", "data-block": block.block_id },
    h(field ? "label" : "div", { class: "label", for: field && id }, label), control,
    block.hint && h("div", { class: "muted" }, block.hint.text),
    h("div", { class: "error", role: "alert", id: `${id}-error` }));
}

function card(block, ctx) {
  const { icon, title, subtitle, body, subtext } = block;
  const quiet = (text) => text && h("div", { class: "muted" }, textObject(text, ctx.people));
  return h("div", { class: "card", role: "group", "aria-label": title?.text ?? "Card" },
    block.hero_image && picture(block.hero_image, "hero"),
    h("div", { class: "by" }, icon?.image_url && picture(icon, "tiny"),
      title && h("strong", {}, textObject(title, ctx.people))),
    quiet(subtitle), words(body, ctx), quiet(subtext),
    block.actions && h("div", { class: "actions slim" }, elements(block, block.actions, ctx)));
}

function container(block, ctx) {
  const { title: plain, rich_text_title: rich } = block;
  const title = [rich ? richText(rich, ctx) : h("strong", {}, emojis(plain?.text ?? "")),
    block.subtitle && h("div", { class: "muted" }, textObject(block.subtitle, ctx.people))];
  const inner = h("div", { class: "blocks" }, drawBlocks(block.child_blocks, ctx));
  if (!block.is_collapsible) return h("div", { class: "card" }, title, inner);
  return h("details", { class: "card", open: !block.default_collapsed },
    h("summary", {}, h("div", { class: "grow" }, title)), inner);
}

const STATUSES = { pending: "To do", in_progress: "In progress", complete: "Done", error: "Failed" };

function task(part, ctx) {
  const { status = "pending", sources = [] } = part;
  const detail = (inner) => inner && (inner.type === "rich_text" ? richText(inner, ctx) : unknown(inner));
  return h("div", { class: "task" },
    h("div", { class: "by" }, h("span", { class: "badge" }, STATUSES[status] ?? status), h("strong", {}, part.title)),
    detail(part.details), detail(part.output),
    sources.length > 0 && h("div", { class: "context" }, sources.map((source) => safeLink(source.url, source.text))));
}
