// The inspector: what goes to and fro between Slack and the app, and the faults that can be switched on.

import { h, reconcile } from "./dom.js";

const $ = (id) => document.getElementById(id);
const MOST = 500;
const KINDS = { "": "Everything", event: "Events", interaction: "Interactions", call: "Calls", problem: "Problems" };
let lines = new Map(); // by key, oldest first; an envelope's acknowledgement replaces its line
let since = 0;
let times = null;

export const isOpen = () => !$("inspector").hidden;

export function forget() {
  lines = new Map();
  since = 0;
}

// `ask(since)` gives what happened after that version.
export async function follow(ask, zone) {
  times = zone;
  const answer = await ask(since);
  if (!answer || answer.version < since) return forget();
  since = answer.version;
  for (const line of answer.lines) lines.set(line.key, line);
  for (const key of lines.keys()) {
    if (lines.size <= MOST) break;
    lines.delete(key);
  }
  return draw();
}

function draw() {
  const [word, kind] = [$("find").value.toLowerCase(), $("kinds").value];
  const fits = (line) => (!kind || line.kind === kind || (kind === "problem" && line.is_problem))
    && (!word || JSON.stringify(line).toLowerCase().includes(word));
  const shown = [...lines.values()].filter(fits).reverse();
  reconcile($("traffic"), shown, (line) => line.key, row, times?.seconds(0) ?? "");
  $("count").textContent = shown.length ? "" : lines.size ? "Nothing like that." : "Nothing yet.";
}

function row(line) {
  const way = line.kind === "call" ? ["\u2190", "from the app"] : line.kind === "connection" ? ["\u2022", ""]
    : ["\u2192", "to the app"];
  const box = h("details", { class: line.is_problem ? "row problem" : "row", ontoggle: () => {
    const text = JSON.stringify(line.content, null, 2);
    if (box.open && !box.querySelector("pre")) box.append(h("pre", { tabindex: "0" }, text));
  } }, h("summary", {},
    h("span", { class: "way", role: "img", "aria-label": way[1] }, way[0]), h("strong", {}, line.what),
    h("time", { class: "muted" }, line.at ? times.seconds(line.at * 1000) : ""),
    h("span", { class: "about" }, h("span", { class: "muted" }, `${line.who} `),
      h("span", { class: "outcome" }, line.outcome)),
    line.rule && h("span", { class: "rule" }, line.rule)));
  return box;
}

export function drawFaults({ faults = [], switches = {} }) {
  reconcile($("fault"), Object.keys(switches), (name) => name, (name) => h("option", { value: name }, worded(name)));
  $("fault-about").textContent = switches[$("fault").value] ?? "";
  const on = faults.map((fault, index) => ({ ...fault, index: String(index) }));
  reconcile($("faults-on"), on, (fault) => fault.index, (fault) =>
    h("li", {}, h("strong", {}, worded(fault.name)), ` ${lasting(fault)}`));
  $("faults-off").hidden = !faults.length;
  $("faults-title").textContent = faults.length ? `Faults (${faults.length} on)` : "Faults";
}

const lasting = ({ name, times }) => name === "revoked_token" ? "until all is off"
  : `${times} more ${times === 1 ? "time" : "times"}`;
const worded = (name) => name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");

// `whenOpened` fetches what was missed; `deed` switches faults.
export function inspector(whenOpened, deed) {
  $("kinds").append(...Object.entries(KINDS).map(([value, text]) => h("option", { value }, text)));
  $("find").addEventListener("input", draw);
  $("kinds").addEventListener("change", draw);
  $("fault").addEventListener("change", whenOpened);
  $("inspect").addEventListener("click", () => show($("inspector").hidden, whenOpened));
  $("close-inspector").addEventListener("click", () => show(false));
  $("faults").addEventListener("submit", (event) => {
    event.preventDefault();
    deed("fault", { name: $("fault").value, times: Number($("times").value) });
  });
  $("faults-off").addEventListener("click", () => deed("faults-off", {}));
}

export function show(isShown, whenOpened) {
  $("inspector").hidden = !isShown;
  $("inspect").setAttribute("aria-expanded", String(isShown));
  if (isShown) {
    $("find").focus();
    whenOpened();
  } else $("inspect").focus();
}
