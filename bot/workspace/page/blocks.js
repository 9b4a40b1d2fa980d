// Block Kit as elements. `ctx` says who is looking (people), what to do on a press (act), and collects inputs (fields).

import { h, safeLink, thumb } from "./dom.js";
import { emojis, lines, mrkdwn, textObject } from "./mrkdwn.js";

export function drawBlocks(blocks, ctx) {
  return blocks.map((block) => (BLOCKS[block.type] ?? unknown)(block, ctx));
}

// The entries of a message or a view, as the driver's `values` take them.
export function collect(fields) {
  const values = {};
  for (const field of fields) (values[field.block] ??= {})[field.action] = field.get();
  return values;
}

function unknown(block) {
  return h("details", { class: "unknown" }, h("summary", {}, `${block.type}: this page cannot draw it`),
    h("pre", {}, JSON.stringify(block, null, 2)));
}

const BLOCKS = {
  section: (block, ctx) => h("div", { class: "section" },
    h("div", { class: "grow" },
      block.text && h("div", { class: "text" }, textObject(block.text, ctx.people)),
      block.fields && h("div", { class: "fields" },
        block.fields.map((field) => h("div", {}, textObject(field, ctx.people))))),
    block.accessory && element(block, block.accessory, ctx)),
  header: (block) => h("h3", { class: "header" }, lines(emojis(block.text.text))),
  divider: () => h("hr"),
  context: (block, ctx) => h("div", { class: "context" }, block.elements.map((part) => part.type === "image"
    ? h("span", { class: "image" }, part.alt_text) : h("span", {}, textObject(part, ctx.people)))),
  actions: (block, ctx) => h("div", { class: "actions" }, block.elements.map((part) => element(block, part, ctx))),
  context_actions: (block, ctx) => h("div", { class: "actions small" },
    block.elements.map((part) => element(block, part, ctx))),
  image: (block) => h("figure", {}, block.title && h("figcaption", {}, block.title.text),
    h("div", { class: "image", role: "img", "aria-label": block.alt_text }, `Image: ${block.alt_text}`)),
  input: drawInput,
  rich_text: (block, ctx) => h("div", { class: "rich" }, block.elements.map((part) => rich(part, ctx))),
};

function drawInput(block, ctx) {
  const control = element(block, block.element, ctx, block.dispatch_action === true);
  const field = control.matches("input, textarea, select") ? control : null;
  if (field) field.id = `field-${block.block_id}`;
  const label = [block.label.text, block.optional && h("span", { class: "muted" }, " (optional)")];
  return h("div", { class: "input", "data-block": block.block_id },
    h(field ? "label" : "div", { class: "label", for: field && field.id }, label), control,
    block.hint && h("div", { class: "muted" }, block.hint.text),
    h("div", { class: "error", role: "alert" }));
}

function rich(part, ctx) {
  const inner = () => (part.elements ?? []).map((leaf) => richLeaf(leaf, ctx));
  if (part.type === "rich_text_section") return h("p", {}, inner());
  if (part.type === "rich_text_quote") return h("blockquote", {}, inner());
  if (part.type === "rich_text_preformatted") return h("pre", {}, inner());
  if (part.type !== "rich_text_list") return unknown(part);
  const list = h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}` },
    part.elements.map((item) => h("li", {}, rich(item, ctx))));
  if (part.offset) list.start = part.offset + 1;
  return list;
}

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code" };

function richLeaf(leaf, ctx) {
  const styled = (node) => Object.keys(STYLES).reduce(
    (inner, name) => (leaf.style?.[name] ? h(STYLES[name], {}, inner) : inner), node);
  switch (leaf.type) {
    case "text": return styled(h("span", {}, lines(leaf.text)));
    case "link": return styled(safeLink(leaf.url, leaf.text || leaf.url));
    case "emoji": return emojis(`:${leaf.name}:`);
    case "user": return h("span", {}, mrkdwn(`<@${leaf.user_id}>`, ctx.people));
    case "channel": return h("span", {}, mrkdwn(`<#${leaf.channel_id}>`, ctx.people));
    case "broadcast": return h("span", { class: "mention" }, `@${leaf.range}`);
    case "date": return h("span", {}, mrkdwn(`<!date^${leaf.timestamp}^${leaf.format}|${leaf.fallback ?? ""}>`, ctx.people));
    default: return unknown(leaf);
  }
}

// -- interactive elements: drawn, and remembered in ctx.fields when they hold an entry

function element(block, part, ctx, acts = true) {
  const draw = ELEMENTS[part.type];
  return draw ? draw(part, { ...ctx, block, acts: acts && block.type !== "input" || (acts && block.dispatch_action) })
    : unknown(part);
}

async function act(part, ctx, value) {
  if (part.confirm && !(await ctx.confirm(part.confirm))) return;
  ctx.act({ action_id: part.action_id, block_id: ctx.block.block_id, value });
}

function remember(part, ctx, get) {
  ctx.fields.push({ block: ctx.block.block_id, action: part.action_id, get });
}

function earlier(part, ctx, initial) {
  return ctx.entered?.[ctx.block.block_id]?.[part.action_id] ?? initial;
}

function button(part, ctx, text = part.text, value = part.value, style = part.style) {
  const press = () => {
    if (part.url && /^https?:/i.test(part.url)) window.open(part.url, "_blank", "noopener");
    act(part, ctx, value);
  };
  return h("button", { type: "button", class: `press ${style ?? ""}`, "aria-label": part.accessibility_label,
    onclick: press }, emojis(text.text));
}

function rating(part, ctx, side, isDown) {
  const words = side.text.text.replace(/:[+-]1:|\p{Emoji_Presentation}/gu, "").trim();
  const label = side.accessibility_label ?? (words || (isDown ? "Not helpful" : "Helpful"));
  return h("button", { type: "button", class: "press", "aria-label": label, title: label,
    onclick: () => act(part, ctx, side.value) }, thumb(isDown), words && ` ${words}`);
}

function select(part, ctx, options, initial) {
  const choose = () => ctx.acts && node.value && act(part, ctx, node.value);
  const node = h("select", { "aria-label": part.placeholder?.text ?? "Choose", onchange: choose },
    h("option", { value: "" }, part.placeholder?.text ?? "Choose…"), options);
  node.value = earlier(part, ctx, initial) ?? "";
  remember(part, ctx, () => node.value || null);
  return node;
}

const optionNode = (option) => h("option", { value: option.value }, emojis(option.text.text));

function staticSelect(part, ctx) {
  const groups = (part.option_groups ?? []).map((group) =>
    h("optgroup", { label: group.label.text }, group.options.map(optionNode)));
  return select(part, ctx, [...(part.options ?? []).map(optionNode), ...groups], part.initial_option?.value);
}

function choices(part, ctx, type, initial) {
  const name = `choice-${ctx.block.block_id}-${part.action_id}-${Math.random()}`;
  const chosen = [earlier(part, ctx, initial) ?? []].flat();
  const boxes = part.options.map((option) => h("input", { type, name, value: option.value,
    checked: chosen.includes(option.value), onchange: () => ctx.acts && act(part, ctx, get()) }));
  const get = () => {
    const on = boxes.filter((box) => box.checked).map((box) => box.value);
    return type === "radio" ? on[0] ?? null : on;
  };
  remember(part, ctx, get);
  return h("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group",
    "aria-label": ctx.block.label?.text }, part.options.map((option, index) => h("label", {}, boxes[index],
    h("span", {}, textObject(option.text, ctx.people),
      option.description && h("span", { class: "muted" }, " ", textObject(option.description, ctx.people))))));
}

function typed(type, initialName, convert = (value) => value) {
  return (part, ctx) => {
    const send = () => ctx.acts && act(part, ctx, convert(node.value));
    const node = h(part.multiline ? "textarea" : "input", { type: part.multiline ? null : type, rows: 4,
      placeholder: part.placeholder?.text, minlength: part.min_length, maxlength: part.max_length,
      autofocus: part.focus_on_load, "aria-label": ctx.block.label?.text ?? part.placeholder?.text ?? type,
      onchange: send });
    node.value = earlier(part, ctx, part[initialName]) ?? "";
    remember(part, ctx, () => (node.value === "" ? null : convert(node.value)));
    return node;
  };
}

function overflow(part, ctx) {
  const menu = h("details", { class: "menu" }, h("summary", { "aria-label": "More options" }, "\u22EF"),
    h("div", { class: "popup" }, part.options.map((option) => h("button", { type: "button", onclick: () => {
      menu.open = false;
      act(part, ctx, option.value);
    } }, emojis(option.text.text)))));
  return menu;
}

const seconds = (value) => Math.floor(new Date(value).getTime() / 1000);
const ELEMENTS = {
  button,
  icon_button: (part, ctx) => button(part, ctx),
  feedback_buttons: (part, ctx) => h("span", { class: "actions" }, rating(part, ctx, part.positive_button, false),
    rating(part, ctx, part.negative_button, true)),
  image: (part) => h("span", { class: "image", role: "img", "aria-label": part.alt_text }, part.alt_text),
  overflow,
  static_select: staticSelect,
  users_select: (part, ctx) => select(part, ctx, ctx.people.all.map(([id, name]) =>
    h("option", { value: id }, name)), part.initial_user),
  channels_select: (part, ctx) => select(part, ctx, ctx.people.rooms.map(([id, name]) =>
    h("option", { value: id }, `#${name}`)), part.initial_channel),
  conversations_select: (part, ctx) => select(part, ctx, ctx.people.rooms.map(([id, name]) =>
    h("option", { value: id }, `#${name}`)), part.initial_conversation),
  radio_buttons: (part, ctx) => choices(part, ctx, "radio", part.initial_option?.value),
  checkboxes: (part, ctx) => choices(part, ctx, "checkbox", part.initial_options?.map((option) => option.value)),
  plain_text_input: typed("text", "initial_value"),
  number_input: typed("number", "initial_value"),
  email_text_input: typed("email", "initial_value"),
  url_text_input: typed("url", "initial_value"),
  datepicker: typed("date", "initial_date"),
  timepicker: typed("time", "initial_time"),
  datetimepicker: typed("datetime-local", "", seconds),
};
