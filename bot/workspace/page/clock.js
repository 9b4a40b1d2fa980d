// The workspace's time: how it is written in a person's zone, and the buttons that move it.

import { h } from "./dom.js";

const DAY = 864e5;
const $ = (id) => document.getElementById(id);
const zones = new Map();
let ahead = 0; // of this computer's clock, in ms
let shownFor = "UTC";
let dueAt = Infinity; // in ms of the workspace's time

export const now = () => Date.now() + ahead;

// How times are written in a zone; making a format is slow, so each is made once.
export function zone(timeZone = "UTC") {
  if (!zones.has(timeZone)) {
    const format = (style) => {
      const made = new Intl.DateTimeFormat("en-GB", { ...style, timeZone });
      return (ms) => made.format(ms);
    };
    const made = { time: format({ hour: "2-digit", minute: "2-digit" }), seconds: format({ timeStyle: "medium" }),
      full: format({ dateStyle: "full", timeStyle: "short" }), year: format({ year: "numeric" }),
      long: format({ weekday: "long", day: "numeric", month: "long" }), key: format({ dateStyle: "short" }),
      short: format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }) };
    made.day = (ms) => {
      const near = { [made.key(now())]: "Today", [made.key(now() - DAY)]: "Yesterday" }[made.key(ms)];
      const year = made.year(ms);
      return near ?? (year === made.year(now()) ? made.long(ms) : `${made.long(ms)} ${year}`);
    };
    zones.set(timeZone, made);
  }
  return zones.get(timeZone);
}

export function drawClock(clock, timeZone = "UTC") {
  ahead = clock.now * 1000 - Date.now();
  shownFor = timeZone;
  $("clock").hidden = !clock.moves;
  dueAt = clock.due === null ? Infinity : clock.due * 1000;
  const next = $("next-due");
  next.disabled = clock.due === null;
  const due = clock.due === null ? "Nothing is due." : `Next: ${zone(timeZone).short(clock.due * 1000)}`;
  if ($("due").textContent !== due) $("due").textContent = due;
  tick();
}

function tick() {
  const text = zone(shownFor).short(now());
  if ($("now").textContent !== text) $("now").textContent = text;
  $("now").title = shownFor;
}

// `look` asks again what is due: done in silence, it is no change of the workspace.
export function clockButtons(move, look) {
  const press = (text, by, id) => h("button", { type: "button", class: "press small", id,
    "aria-describedby": id && "due", onclick: () => move(by) }, text);
  $("moves").append(press("+1 hour", { hours: 1 }), press("+1 day", { days: 1 }),
    press("To the next due action", { next: true }, "next-due"));
  setInterval(() => {
    tick();
    if (now() >= dueAt) look();
  }, 1000);
}
