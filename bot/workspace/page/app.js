// The page: who is acting, where they are, and what the workspace says has changed.

import { drawForm } from "./blocks.js";
import { clockButtons, drawClock, now, zone } from "./clock.js";
import { composer } from "./composer.js";
import { h, reconcile } from "./dom.js";
import * as inspecting from "./inspector.js";
import { drawMessages, isAtEnd } from "./messages.js";
import { confirmWith, showModal } from "./modal.js";
import { askForPerson } from "./people.js";

const $ = (id) => document.getElementById(id);
const HOME = "home";
const WINDOW = 200; // messages; more at a press
const GONE = "The workspace has stopped. Start it again, and this page goes on.";
const where = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
let state = { people: [], channels: [], commands: [], shortcuts: [], messages: [], thread: [], ephemerals: [],
  notices: [], views: [], teams: [], groups: {} };
let told = null; // the newest failure that was told in a corner
let arriving = true; // at a place whose messages are not drawn yet
let newFrom = null; // what is newer was new when the person came
let limit = WINDOW;
let isGone = false;
let stream = null;

// -- talking to the server

async function ask(path, query) {
  const answer = await fetch(`/control/${path}?${new URLSearchParams({ team: where.team ?? "", ...query })}`);
  return answer.ok ? answer.json() : null;
}

async function refresh() {
  const asked = JSON.stringify([where, limit]);
  const fresh = await ask("state", { user: where.user ?? "", channel: where.place === HOME ? "" : where.place ?? "",
    thread: where.thread ?? "", limit, people_mark: state.people_mark ?? "" });
  await released;
  if (!fresh || asked !== JSON.stringify([where, limit])) return; // elsewhere meanwhile; another answer is coming
  state = { ...state, ...fresh };
  Object.assign(where, { team: state.team, user: state.user });
  if (state.user && !places().some(({ id }) => id === where.place)) return go({ place: rooms()[0]?.id ?? state.dm });
  if (where.thread && !state.thread.length) return go({});
  arrive();
  draw();
  if (inspecting.isOpen()) await inspecting.follow((since) => ask("traffic", { since }), people().times);
}

async function deed(name, args) {
  const answer = await fetch(`/control/${name}`, { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ team: where.team, user: where.user, ...args }) }).catch(() => null);
  if (!answer) gone(true);
  const result = answer ? await answer.json() : { error: GONE };
  if (answer && result.error && !["submit", "person", "read"].includes(name)) toast(result.error);
  return result;
}

// Nothing is drawn in the midst of a press, or what is pressed could be gone, or elsewhere, before it is let go.
const LONGEST_PRESS = 2000; // ms; of some, the end is not told: a list of the browser's own opens
let released = Promise.resolve();
document.addEventListener("pointerdown", () => {
  released = new Promise((done) => {
    document.addEventListener("pointerup", () => setTimeout(done), { once: true, capture: true }); // after the click
    setTimeout(done, LONGEST_PRESS);
  });
}, true);

// Changes come as version numbers; while one answer is on its way, further ones wait for the next.
let busy = false;
let again = false;
async function changed() {
  if (busy) return void (again = true);
  busy = true;
  try {
    await refresh();
    gone(false);
  } catch (problem) {
    if (!(problem instanceof TypeError && /fetch/i.test(problem.message))) throw problem;
    gone(true);
  } finally {
    busy = false;
    if (again) {
      again = false;
      changed();
    }
  }
}

// The stream comes back by itself, perhaps from a server that was started anew.
function listen() {
  stream?.close();
  stream = new EventSource(`/control/changes?${new URLSearchParams({ team: where.team ?? "" })}`);
  stream.onopen = inspecting.forget;
  stream.onmessage = changed;
  stream.onerror = () => gone(true);
}

function gone(isIt) {
  isGone = isIt;
  drawConnection();
}

function go(change) {
  const before = where.team;
  Object.assign(where, { thread: "" }, change);
  history.replaceState(null, "", `#${new URLSearchParams(where)}`);
  chooses(false);
  if (change.place || change.user) {
    arriving = true;
    limit = WINDOW;
    $("messages").replaceChildren(); // drawn anew, it begins at its end
    for (const box of document.querySelectorAll(".composer textarea")) box.value = "";
  }
  $("thread").replaceChildren();
  if (where.team !== before) {
    state.people_mark = "";
    told = null;
    inspecting.forget();
    listen();
  }
  changed();
}

// The first answer for a place: what was new there, and the app is told if it is its own.
function arrive() {
  if (!arriving || !state.user) return;
  arriving = false;
  newFrom = here()?.unread ? here().mark : null;
  compose();
  if (where.place === HOME) deed("home", {});
  if (where.place === state.dm) deed("home", { tab: "messages" });
}

function markRead() {
  const newest = state.messages.at(-1)?.ts;
  if (!here()?.unread || !newest) return;
  const isSeen = document.visibilityState === "visible" && isAtEnd($("messages"));
  if (isSeen) deed("read", { channel: where.place, ts: newest });
  else newFrom ??= here().mark;
}

// -- what is known about people and places

function people() {
  const names = new Map(state.people.map((person) => [person.id, person]));
  const tz = names.get(where.user)?.tz;
  return {
    tz, now, times: zone(tz), me: where.user, here: where.place,
    all: state.people.filter((person) => !person.is_bot).map((person) => [person.id, person.real_name]),
    rooms: rooms().map((room) => [room.id, room.name]),
    name: (id, label) => names.get(id)?.real_name ?? (label || id),
    channel: (id, label) => state.channels.find((room) => room.id === id)?.name ?? (label || id),
    group: (id) => state.groups[id],
    isBot: (id) => names.get(id)?.is_bot ?? false,
  };
}

const rooms = () => state.channels.filter((room) => !room.is_im);
const here = () => state.channels.find((room) => room.id === where.place);

function places() {
  const unread = (id) => state.channels.find((room) => room.id === id)?.unread ?? 0;
  const place = (id, label) => ({ id, label, unread: unread(id), isHere: id === where.place });
  return [...rooms().map((room) => place(room.id, `${room.is_private ? "\u{1F512}\uFE0E" : "#"} ${room.name}`)),
    place(state.dm, `\u2709\uFE0E ${state.app?.name ?? "App"}`), place(HOME, "\u2302 App Home")];
}

function offers(word, isFirst) {
  const rest = word.slice(1).toLowerCase();
  if (word[0] === "/" && isFirst) {
    return state.commands.filter((entry) => entry.command.startsWith(word))
      .map((entry) => [entry.command, `${entry.usage_hint ?? ""} ${entry.description ?? ""}`]);
  }
  if (word[0] === "@") {
    const named = (person) => `${person.name} ${person.real_name}`.toLowerCase().includes(rest);
    return state.people.filter(named).slice(0, 8).map((person) => [`@${person.name}`, person.real_name]);
  }
  return word[0] === "#" ? rooms().filter((room) => room.name.includes(rest)).slice(0, 8)
    .map((room) => [`#${room.name}`, ""]) : [];
}

function shortcuts(type, args = {}) {
  return state.shortcuts.filter((entry) => entry.type === type).map((entry) => [entry.name, entry.description, () =>
    deed("shortcut", { callback_id: entry.callback_id, ...args })]);
}

// -- drawing

function context() {
  const known = people();
  return {
    people: known,
    confirm: (question) => confirmWith(question, known),
    act: (source, { deed: name = "click", ...action }) => deed(name, { ref: source.id ?? source.ts, ...action }),
    shortcuts: (message) => shortcuts("message", { channel: message.channel, ts: message.ts }),
    fileLink: (id) => `/control/file?${new URLSearchParams({ team: where.team, user: where.user, id })}`,
    openThread: (ts) => {
      go({ thread: ts });
      $("side").hidden = false;
      $("reply").querySelector("textarea")?.focus();
    },
  };
}

const say = (text) => $("messages").replaceChildren(h("p", { class: "muted" }, text));

function draw() {
  const ctx = context();
  drawSidebar();
  if (!state.user) say("Nobody is here yet. Add a person to begin.");
  else if (where.place === HOME) drawHome(ctx);
  else {
    const showEarlier = () => {
      limit += WINDOW;
      changed();
    };
    const shown = inOrder(state.messages, (item) => !item.thread_ts);
    drawMessages($("messages"), shown, { ...ctx, newFrom, earlier: state.earlier, showEarlier });
    markRead();
  }
  $("side").hidden = !where.thread || where.place === HOME;
  if (!$("side").hidden) {
    const own = inOrder(state.thread, (item) => item.thread_ts === where.thread);
    drawMessages($("thread"), own, { ...ctx, openThread: null });
  }
  if (inspecting.isOpen()) inspecting.drawFaults(state);
  showModal(state.views ?? [], ctx, {
    act: ctx.act,
    close: (view) => deed("close", { view_id: view.id }),
    submit: (view, values) => deed("submit", { view_id: view.id, values }),
  });
  tellFailures();
}

// What is shown only to one person stands between the messages of the same time, and not before the earliest of them.
function inOrder(messages, belongs) {
  const first = messages[0]?.ts ?? "";
  const notices = state.notices.filter((item) => item.channel_id).map((item) => ({ ...item, notice: true }));
  const own = [...state.ephemerals, ...notices].filter((item) => belongs(item) && (!state.earlier || item.ts > first));
  return [...messages, ...own].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

function drawSidebar() {
  const options = (box, items) => reconcile(box, items, ([id]) => id, ([value, text]) => h("option", { value }, text));
  options($("team"), state.teams.map((team) => [team.id, team.name]));
  $("team").hidden = state.teams.length < 2;
  $("team-name").hidden = !$("team").hidden;
  $("team-name").textContent = state.teams.find((team) => team.id === state.team)?.name ?? "";
  $("team").value = state.team;
  options($("acting"), people().all);
  $("acting").value = where.user;
  document.body.dataset.user = state.user ?? ""; // whose places these are: those of somebody else lead nowhere
  reconcile($("places"), state.user ? places() : [], ({ id }) => id, ({ id, label, unread, isHere }) =>
    h("button", { type: "button", class: unread ? "place unread" : "place", "aria-current": isHere ? "page" : null,
      onclick: () => go({ place: id }) }, h("span", { class: "grow" }, label),
    unread > 0 && h("span", { class: "count", role: "img", "aria-label": `${unread} unread` },
      unread > 99 ? "99+" : unread)));
  const isOfApp = [HOME, state.dm].includes(where.place);
  const title = isOfApp ? state.app?.name : places().find(({ isHere }) => isHere)?.label;
  if ($("title").textContent !== (title ?? "")) $("title").textContent = title ?? "";
  const tabs = [[HOME, "Home"], [state.dm, "Messages"]].map((tab) => [...tab, tab[0] === where.place]);
  reconcile($("tabs"), isOfApp ? tabs : [], ([id]) => id, ([id, label, isHere]) =>
    h("button", { type: "button", class: "tab", "aria-current": isHere ? "page" : null,
      onclick: () => go({ place: id }) }, label));
  drawClock(state.clock, people().tz);
  drawConnection();
}

function drawConnection() {
  const text = isGone ? GONE : !state.app || state.app.is_connected ? "" : "The app is not connected.";
  if ($("connection").textContent !== text) $("connection").textContent = text;
}

function drawHome(ctx) {
  const list = $("messages");
  if (!state.home) return say("The app has published no Home for this person yet.");
  const fresh = () => h("article", { class: "home blocks", "aria-label": "App Home" });
  if (!list.querySelector(".home")) list.replaceChildren(fresh());
  const act = (action) => ctx.act(state.home, action);
  return drawForm(list.querySelector(".home"), state.home.blocks, { ...ctx, act });
}

function compose() {
  const before = $("compose").querySelector("textarea"); // somebody may be typing here already
  const [typed, isTyping] = [before?.value ?? "", before === document.activeElement];
  $("compose").hidden = where.place === HOME;
  const send = (thread) => async (text) => {
    const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
    const args = { channel: where.place, thread_ts: thread?.() };
    const list = $(thread ? "thread" : "messages");
    list.scrollTop = list.scrollHeight; // whoever writes wants to see it
    const result = command ? await deed("command", { ...args, command: command[1], text: command[2] })
      : await deed("say", { ...args, text });
    return !result.error;
  };
  const box = composer($("compose"), "Write a message", send(), offers, shortcuts("global"));
  box.value = typed;
  if (before && isTyping) box.focus();
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
  setTimeout(() => {
    node.remove();
    if (!box.children.length) box.hidePopover();
  }, 8000);
}

// -- beginning

function chooses(isOpen) {
  document.body.classList.toggle("choosing", isOpen);
  $("menu").setAttribute("aria-expanded", String(isOpen));
}

function closeThread() {
  const ts = where.thread;
  go({});
  $("side").hidden = true;
  $("messages").querySelector(`[data-ts="${CSS.escape(ts)}"] .replies`)?.focus();
}

$("acting").addEventListener("change", (event) => {
  const place = rooms().some((room) => room.id === where.place) || where.place === HOME ? where.place : "";
  go({ user: event.target.value, place });
});
$("team").addEventListener("change", (event) => go({ team: event.target.value, user: "", place: "" }));
$("add-person").addEventListener("click", () => askForPerson(async (person) => {
  const result = await deed("person", { ...person, user: undefined });
  if (result.answer) go({ user: result.answer });
  return result;
}));
$("close-thread").addEventListener("click", closeThread);
$("menu").addEventListener("click", () => chooses(!document.body.classList.contains("choosing")));
$("messages").addEventListener("scroll", markRead, { passive: true });
document.addEventListener("visibilitychange", markRead);
document.addEventListener("keydown", (event) => {
  const isTaken = event.defaultPrevented || document.querySelector("dialog[open], .floating:popover-open");
  if (event.key !== "Escape" || isTaken) return;
  if (document.body.classList.contains("choosing")) chooses(false);
  else if (inspecting.isOpen() && $("inspector").contains(document.activeElement)) inspecting.show(false);
  else if (where.thread) closeThread();
  else if (inspecting.isOpen()) inspecting.show(false);
});
clockButtons((by) => deed("clock", by), changed);
inspecting.inspector(changed, deed);
listen();
