// What can be pressed, chosen or typed. Each element is drawn, and remembered in ctx.fields when it holds an entry.

import { h, menu, thumb } from "./dom.js";
import { emojis } from "./emoji.js";
import { textObject, unknown } from "./mrkdwn.js";
import { richFrom, wordsOf } from "./rich.js";

let serial = 0;

// The entries of a message or a view, as the driver's `values` take them.
export function collect(fields) {
  const values = {};
  for (const field of fields) (values[field.block] ??= {})[field.action] = field.get();
  return values;
}

// An element tells the app of a choice at once, unless it stands in an input block that waits for the form.
export function element(block, part, ctx) {
  if (!Object.hasOwn(ELEMENTS, part?.type)) return unknown(part);
  return ELEMENTS[part.type](part, { ...ctx, block, acts: block.type !== "input" || block.dispatch_action === true });
}

async function act(part, ctx, value) {
  if (part.confirm && !(await ctx.confirm(part.confirm))) return;
  ctx.act({ action_id: part.action_id, block_id: ctx.block.block_id, value });
}

function remember(part, ctx, get) {
  ctx.fields.push({ block: ctx.block.block_id, action: part.action_id, get });
}

// What was entered before the view changed, else what the app put in.
function earlier(part, ctx, initial) {
  const before = ctx.entered?.[ctx.block.block_id];
  return before && part.action_id in before ? before[part.action_id] : initial;
}

const nameOf = (part, ctx, otherwise) => ctx.block.label?.text ?? part.placeholder?.text ?? otherwise;

function openLink(url) {
  if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener");
}

function button(part, ctx) {
  const label = part.accessibility_label;
  const people = part.visible_to_user_ids;
  return h("button", { type: "button", class: `press ${part.style ?? ""}`, "aria-label": label, onclick: () => {
    openLink(part.url);
    act(part, ctx, part.value);
  }, hidden: Boolean(people?.length && ctx.people.me && !people.includes(ctx.people.me)) }, emojis(part.text.text));
}

function rating(part, ctx, side, isDown) {
  const words = side.text.text.replace(/:[+-]1:|\p{Emoji_Presentation}/gu, "").trim();
  const label = side.accessibility_label ?? (words || (isDown ? "Not helpful" : "Helpful"));
  return h("button", { type: "button", class: "press", "aria-label": label, title: label,
    onclick: () => act(part, ctx, side.value) }, thumb(isDown), words && ` ${words}`);
}

function overflow(part, ctx) {
  const choose = (option) => () => {
    openLink(option.url);
    act(part, ctx, option.value);
  };
  const node = menu("More options", part.options.map((option) =>
    [emojis(option.text.text), option.description?.text, choose(option)]));
  node.firstChild.className = "press"; // always to be seen, unlike a message's own menu
  return node;
}

function closeOnEscape(event, list) {
  if (event.key !== "Escape" || !list.open) return;
  event.preventDefault(); // the list closes, and not the modal under it
  event.stopPropagation();
  list.open = false;
  list.querySelector("summary").focus();
}

// -- choosing

function select(part, ctx, options, initial) {
  const choose = () => ctx.acts && node.value && act(part, ctx, node.value);
  const name = nameOf(part, ctx, "Choose");
  const node = h("select", { "aria-label": name, autofocus: part.focus_on_load, onchange: choose },
    h("option", { value: "" }, part.placeholder?.text ?? "Choose\u2026"), options);
  node.value = earlier(part, ctx, initial) ?? "";
  if (node.selectedIndex < 0) node.value = "";
  remember(part, ctx, () => node.value || null);
  return node;
}

const optionNode = (option) => h("option", { value: option.value }, emojis(option.text.text));

function staticSelect(part, ctx) {
  const groups = (part.option_groups ?? []).map((group) =>
    h("optgroup", { label: group.label.text }, group.options.map(optionNode)));
  return select(part, ctx, [...(part.options ?? []).map(optionNode), ...groups], part.initial_option?.value);
}

// Options as [value, words] pairs; a group begins with its label alone. An external option is its own value.
function pairs(source, valueOf = (option) => option.value) {
  const pair = (option) => [valueOf(option), emojis(option.text.text)];
  return [...(source.options ?? []).map(pair),
    ...(source.option_groups ?? []).flatMap((group) => [[null, group.label.text], ...group.options.map(pair)])];
}

const keyOf = (value) => value?.value ?? value;

// A menu of boxes to tick: several choices, or options that the app finds for the words typed.
function picker(part, ctx, { offered = [], initial, many = true, search = false }) {
  const label = nameOf(part, ctx, "Choose");
  const name = `pick-${++serial}`;
  const has = (value) => chosen.some((one) => keyOf(one) === keyOf(value));
  const words = (value) => offered.find(([known]) => keyOf(known) === keyOf(value))?.[1]
    ?? emojis(value?.text?.text ?? "");
  let chosen = [earlier(part, ctx, initial) ?? []].flat().filter(words);
  let before = "";
  const get = () => (many ? chosen : chosen[0] ?? null);
  const summary = h("summary", {});
  const boxes = h("div", { class: "choices", role: many ? "group" : "radiogroup", "aria-label": label });
  const leave = (event) => { list.open &&= list.contains(event.relatedTarget); };
  const keys = (event) => closeOnEscape(event, list);
  const list = h("details", { class: "picker", onfocusout: leave, onkeydown: keys, ontoggle: () => {
    if (list.open && search) look();
    if (!list.open && before !== JSON.stringify(chosen) && ctx.acts) act(part, ctx, get());
    before = JSON.stringify(chosen);
  } }, summary);

  function show() {
    summary.textContent = chosen.map(words).join(", ") || part.placeholder?.text || "Choose\u2026";
    summary.setAttribute("aria-label", `${label}: ${summary.textContent}`);
    const isFull = many && chosen.length >= (part.max_selected_items ?? Infinity);
    for (const box of boxes.querySelectorAll("input")) box.disabled = isFull && !box.checked;
  }

  function fill() {
    boxes.replaceChildren(...offered.map(([value, text]) => (value === null ? h("strong", { class: "muted" }, text)
      : h("label", {}, h("input", { type: many ? "checkbox" : "radio", name, checked: has(value),
        onchange: (event) => take(value, event.target.checked) }), h("span", {}, text)))));
    show();
  }

  function take(value, isOn) {
    chosen = [...(many ? chosen.filter((one) => keyOf(one) !== keyOf(value)) : []), ...(isOn ? [value] : [])];
    if (!many) list.open = false;
    show();
  }

  const box = search && h("input", { type: "search", "aria-label": `Search: ${label}`, placeholder: "Type to search",
    oninput: () => look() });
  const note = h("p", { class: "muted", role: "status" });
  async function look() {
    const least = part.min_query_length ?? 3;
    const typed = box.value;
    if (typed.length < least) return void (note.textContent = `Type ${least} or more letters to search.`);
    const asked = { deed: "suggest", action_id: part.action_id, block_id: ctx.block.block_id, value: typed };
    const { answer } = await ctx.act(asked);
    if (typed !== box.value) return; // more was typed meanwhile
    offered = pairs(answer ?? {}, (option) => option);
    note.textContent = offered.length ? "" : "Nothing was found.";
    fill();
  }

  fill();
  list.append(h("div", { tabindex: -1 }, search && box, search && note, boxes));
  remember(part, ctx, get);
  return list;
}

const external = (many, initial) => (part, ctx) => picker(part, ctx, { many, search: true, initial: part[initial] });
const several = (initial, offered) => (part, ctx) =>
  picker(part, ctx, { offered: offered(part, ctx), initial: part[initial]?.map(keyOf) });
const oneOf = (initial, offered) => (part, ctx) => select(part, ctx,
  offered(part, ctx).map(([id, name]) => h("option", { value: id }, name)), initial(part, ctx));
const people = (part, ctx) => ctx.people.all;
const rooms = (part, ctx) => ctx.people.rooms.map(([id, name]) => [id, `#${name}`]);
const here = (part, ctx) => (part.default_to_current_conversation ? ctx.people.here : null);

function choices(part, ctx, type, initial) {
  const name = `choice-${++serial}`;
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

// -- typing

const same = (value) => value;

// `read` turns the box's words into the entry, `write` the entry into words.
function typed(type, { initial = "initial_value", read = same, write = same, tag = "input", when = null } = {}) {
  return (part, ctx) => {
    const entry = () => (node.value === "" ? null : read(node.value, ctx, part));
    const send = () => ctx.acts && entry() !== null && act(part, ctx, entry());
    const chosen = when ?? part.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    const isLong = part.multiline || tag === "textarea";
    const node = h(isLong ? "textarea" : tag, { type: isLong ? null : type, rows: isLong ? 4 : null,
      placeholder: part.placeholder?.text, minlength: part.min_length, maxlength: part.max_length,
      min: part.min_value, max: part.max_value, step: part.is_decimal_allowed ? "any" : null,
      autofocus: part.focus_on_load, "aria-label": nameOf(part, ctx, WORDS[type] ?? type),
      onchange: () => chosen.includes("change") && send(),
      oninput: () => chosen.includes("on_character_entered") && send(),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.isComposing || isLong) return;
        if (!ctx.acts || !chosen.includes("on_enter_pressed")) return;
        event.preventDefault(); // the app is told; the form is not sent
        send();
      } });
    node.value = write(earlier(part, ctx, part[initial]) ?? "", ctx);
    remember(part, ctx, entry);
    return node;
  };
}

const WORDS = { date: "Date", time: "Time", "datetime-local": "Date and time", text: "Text", email: "Email",
  url: "Link", number: "Number" };

// Seconds since 1970 and the wall clock of the person's own zone.
const wall = (seconds, { people: { tz } }) => (seconds === "" ? ""
  : new Date(seconds * 1000).toLocaleString("sv", { timeZone: tz }).replace(" ", "T").slice(0, 16));

function seconds(text, ctx) {
  const asUtc = (words) => Date.parse(`${words}Z`) / 1000;
  const guess = asUtc(text);
  const near = guess - (asUtc(wall(guess, ctx)) - guess);
  return near - (asUtc(wall(near, ctx)) - guess); // the second step matters where the clock changes
}

const changed = { when: ["change"] };
const ELEMENTS = {
  button,
  icon_button: button,
  feedback_buttons: (part, ctx) => h("span", { class: "actions" }, rating(part, ctx, part.positive_button, false),
    rating(part, ctx, part.negative_button, true)),
  overflow,
  static_select: staticSelect,
  external_select: external(false, "initial_option"),
  users_select: oneOf((part) => part.initial_user, people),
  channels_select: oneOf((part) => part.initial_channel, rooms),
  conversations_select: oneOf((part, ctx) => part.initial_conversation ?? here(part, ctx), rooms),
  multi_static_select: several("initial_options", (part) => pairs(part)),
  multi_external_select: external(true, "initial_options"),
  multi_users_select: several("initial_users", people),
  multi_channels_select: several("initial_channels", rooms),
  multi_conversations_select: several("initial_conversations", rooms),
  radio_buttons: (part, ctx) => choices(part, ctx, "radio", part.initial_option?.value),
  checkboxes: (part, ctx) => choices(part, ctx, "checkbox", part.initial_options?.map((option) => option.value)),
  plain_text_input: typed("text"),
  number_input: typed("number"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  rich_text_input: typed("text", { tag: "textarea", write: (entry) => wordsOf(entry), read: (text, ctx, part) =>
    (text === wordsOf(part.initial_value) ? part.initial_value : richFrom(text)) }),
  datepicker: typed("date", { ...changed, initial: "initial_date" }),
  timepicker: typed("time", { ...changed, initial: "initial_time" }),
  datetimepicker: typed("datetime-local", { ...changed, initial: "initial_date_time", read: seconds, write: wall }),
  file_input: () => h("p", { class: "image" }, "Files can't be chosen in the local workspace; this field stays empty."),
};
