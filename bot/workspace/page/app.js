// The page: who is acting, where they are, and what the workspace says has changed.

import { drawBlocks, collect } from "./blocks.js";
import { composer } from "./composer.js";
import { h, reconcile } from "./dom.js";
import { drawMessages } from "./messages.js";
import { confirmWith, showModal } from "./modal.js";

const $ = (id) => document.getElementById(id);
const HOME = "home";
const where = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
let state = { people: [], channels: [], commands: [], messages: [], thread: [], ephemerals: [], notices: [], views: [] };
let told = null;

// -- talking to the server

async function refresh() {
  const channel = where.place === HOME ? "" : where.place ?? "";
  const query = new URLSearchParams({ user: where.user ?? "", channel, thread: where.thread ?? "" });
  const asked = JSON.stringify(where);
  const answer = await fetch(`/control/state?${query}`);
  if (!answer.ok) return;
  const fresh = await answer.json();
  if (asked !== JSON.stringify(where)) return; // the person went elsewhere meanwhile; another answer is coming
  state = { ...state, ...fresh };
  where.user = state.user;
  if (!where.place && state.channels.length) return go({ place: rooms()[0]?.id ?? state.dm });
  draw();
}

async function deed(name, args) {
  const answer = await fetch(`/control/${name}`, { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: where.user, ...args }) }).catch(() => null);
  const result = answer ? await answer.json() : { error: "the workspace does not answer" };
  if (result.error && name !== "submit") toast(result.error);
  return result;
}

// Changes come as version numbers; while one answer is on its way, further ones wait for the next.
let busy = false;
let again = false;
async function changed() {
  if (busy) return void (again = true);
  busy = true;
  try {
    await refresh();
  } catch (problem) {
    toast("The workspace does not answer.");
  } finally {
    busy = false;
    if (again) {
      again = false;
      changed();
    }
  }
}

function go(change) {
  Object.assign(where, { thread: "" }, change);
  history.replaceState(null, "", `#${new URLSearchParams(where)}`);
  document.body.classList.remove("choosing");
  if (change.place === HOME) deed("home", {});
  if (change.place && change.place === state.dm) deed("home", { tab: "messages" });
  if (change.place || change.user) {
    compose();
    $("messages").replaceChildren(); // drawn anew, it begins at its end
  }
  $("thread").replaceChildren();
  changed();
}

// -- what is known about people

function people() {
  const names = new Map(state.people.map((person) => [person.id, person]));
  return {
    tz: names.get(where.user)?.tz,
    all: state.people.filter((person) => !person.is_bot).map((person) => [person.id, person.real_name]),
    rooms: rooms().map((room) => [room.id, room.name]),
    name: (id, label) => names.get(id)?.real_name ?? (label || id),
    channel: (id, label) => state.channels.find((room) => room.id === id)?.name ?? (label || id),
    isBot: (id) => names.get(id)?.is_bot ?? false,
  };
}

const rooms = () => state.channels.filter((room) => !room.is_im);

function offers(word, isFirst) {
  const rest = word.slice(1).toLowerCase();
  if (word[0] === "/" && isFirst) {
    return state.commands.filter((entry) => entry.command.startsWith(word))
      .map((entry) => [entry.command, `${entry.usage_hint ?? ""} ${entry.description ?? ""}`]);
  }
  if (word[0] === "@") {
    return state.people.filter((person) => `${person.name} ${person.real_name}`.toLowerCase().includes(rest))
      .map((person) => [`@${person.name}`, person.real_name]);
  }
  return word[0] === "#" ? rooms().filter((room) => room.name.includes(rest)).map((room) => [`#${room.name}`, ""]) : [];
}

// -- drawing

function context() {
  const known = people();
  return {
    people: known,
    confirm: (question) => confirmWith(question, known),
    act: (source, action) => deed("click", { ref: source.id ?? source.ts, ...action }),
    openThread: (ts) => go({ thread: ts }),
  };
}

function draw() {
  const ctx = context();
  drawSidebar();
  if (where.place === HOME) drawHome(ctx);
  else drawMessages($("messages"), inOrder(state.messages, (item) => !item.thread_ts), ctx);
  $("side").hidden = !where.thread || where.place === HOME;
  if (!$("side").hidden) {
    const own = inOrder(state.thread, (item) => item.thread_ts === where.thread);
    drawMessages($("thread"), own, { ...ctx, openThread: null });
  }
  showModal(state.views.at(-1), ctx, {
    act: ctx.act,
    close: (view) => deed("close", { view_id: view.id }),
    submit: (view, values) => deed("submit", { view_id: view.id, values }),
  });
  tellFailures();
}

function inOrder(messages, belongs) {
  const notices = state.notices.filter((item) => item.channel_id && belongs(item)).map((item) => ({ ...item, notice: true }));
  return [...messages, ...state.ephemerals.filter(belongs), ...notices].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

function drawSidebar() {
  const everyone = state.people.filter((person) => !person.is_bot);
  reconcile($("acting"), everyone, (person) => person.id, (person) =>
    h("option", { value: person.id }, person.real_name));
  $("acting").value = where.user;
  const places = [...rooms().map((room) => [room.id, `${room.is_private ? "\u{1F512}" : "#"} ${room.name}`]),
    [state.dm, `\u2709 ${state.app?.name ?? "App"}`], [HOME, "\u2302 App Home"]];
  reconcile($("places"), places.map((place) => [...place, place[0] === where.place]), ([id]) => id, ([id, label, here]) =>
    h("button", { type: "button", class: "place", "aria-current": here ? "page" : null, onclick: () => go({ place: id }) },
      label));
  $("title").textContent = places.find(([id]) => id === where.place)?.[1] ?? "";
  $("connection").textContent = state.app?.is_connected ? "" : "The app is not connected.";
}

function drawHome(ctx) {
  const home = state.home ? [state.home] : [];
  reconcile($("messages"), home, (view) => view.id, (view) => {
    const fields = [];
    const act = (action) => ctx.act(view, { ...action, values: collect(fields) });
    return h("article", { class: "home blocks" }, drawBlocks(view.blocks, { ...ctx, fields, act }));
  });
  if (!home.length) $("messages").append(h("p", { class: "muted" }, "The app has published no Home for this person yet."));
}

function compose() {
  const place = where.place;
  $("compose").hidden = place === HOME;
  const send = (thread) => async (text) => {
    const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
    const args = { channel: place, thread_ts: thread?.() };
    const result = command ? await deed("command", { ...args, command: command[1], text: command[2] })
      : await deed("say", { ...args, text });
    return !result.error;
  };
  composer($("compose"), "Write a message", send(), offers);
  composer($("reply"), "Reply", send(() => where.thread), offers);
}

// A failure without a place of its own (a modal, App Home) is told in a corner.
function tellFailures() {
  const newest = state.notices.filter((item) => !item.channel_id).map((item) => item.ts);
  if (told !== null) {
    for (const item of state.notices) if (!item.channel_id && item.ts > told) toast(item.text);
  }
  told = newest.reduce((most, ts) => (ts > most ? ts : most), told ?? "");
}

function toast(text) {
  const node = h("p", { class: "toast" }, text);
  const box = $("toasts");
  box.append(node);
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover(); // shown anew, it lies above an open modal
  setTimeout(() => node.remove(), 8000);
}

// -- beginning

$("acting").addEventListener("change", (event) => {
  const place = rooms().some((room) => room.id === where.place) || where.place === HOME ? where.place : "";
  Object.assign(where, { place });
  go({ user: event.target.value });
});
$("close-thread").addEventListener("click", () => go({}));
$("menu").addEventListener("click", () => document.body.classList.toggle("choosing"));
compose();
new EventSource("/control/changes").onmessage = changed;
