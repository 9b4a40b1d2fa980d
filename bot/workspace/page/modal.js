// A person's stack of modals, the top one visible, and the question a `confirm` object asks.

import { drawForm } from "./blocks.js";
import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const MOST = 3; // views on a stack
const dialog = document.getElementById("modal");
let layers = []; // the views as drawn, the visible one last; those below keep what was typed in them

export function showModal(views, ctx, deeds) {
  const top = layers.at(-1);
  layers = views.map((view, depth) => {
    const layer = layers.find((shown) => shown.view.id === view.id) ?? newLayer();
    if (layer.view?.hash !== view.hash) draw(layer, view, depth, ctx, deeds);
    return layer;
  });
  const forms = layers.map((layer) => layer.form);
  for (const form of [...dialog.children]) if (!forms.includes(form)) form.remove();
  for (const form of forms) if (!form.isConnected) dialog.append(form);
  if (!layers.length) return dialog.open && dialog.close();
  forms.forEach((form, depth) => { form.hidden = depth < forms.length - 1; });
  const layer = layers.at(-1);
  dialog.setAttribute("aria-labelledby", layer.heading.id);
  dialog.oncancel = (event) => { // Escape
    event.preventDefault();
    if (event.target === dialog) deeds.close(layer.view);
  };
  if (!dialog.open) {
    dialog.showModal();
    layer.focus = null; // the browser chose the first button; a field is better
  }
  if (layer !== top || !dialog.contains(document.activeElement)) focus(layer);
  return null;
}

function newLayer() {
  const body = h("div", { class: "scroll body" });
  const form = h("form", { novalidate: true, onfocusin: (event) => { layer.focus = event.target; } },
    h("header"), body, h("p", { class: "error", role: "alert" }), h("footer"));
  const layer = { form, body, focus: null };
  return layer;
}

function draw(layer, view, depth, ctx, deeds) {
  const { form } = layer;
  layer.view = view;
  layer.heading = h("h2", { id: `modal-${view.id}` }, view.title.text);
  layer.values = drawForm(layer.body, view.blocks, { ...ctx, act: (action) => deeds.act(layer.view, action) });
  const close = () => deeds.close(layer.view);
  const send = view.submit && h("button", { type: "submit", class: "press primary", disabled: view.submit_disabled },
    view.submit.text);
  form.querySelector("header").replaceChildren(
    ...(depth ? [h("button", { type: "button", class: "quiet", onclick: close }, "\u2039 Back")] : []), layer.heading,
    ...(depth ? [h("span", { class: "muted" }, `View ${depth + 1} of at most ${MOST}`)] : []),
    h("button", { type: "button", class: "quiet", "aria-label": depth ? "Close all" : "Close",
      onclick: () => deeds.close(layers[0].view) }, "\u2715"));
  form.querySelector("footer").replaceChildren(
    h("button", { type: "button", class: "press", onclick: close }, view.close?.text ?? "Cancel"),
    ...(send ? [send] : []));
  form.querySelector(":scope > .error").textContent = "";
  form.oninput = () => send && (send.disabled = false); // `submit_disabled` lasts until something was entered
  form.onsubmit = (event) => {
    event.preventDefault();
    submit(layer, deeds);
  };
}

function focus(layer) {
  const { body } = layer;
  const first = body.querySelector("[autofocus]") ?? body.querySelector("input, textarea, select, summary, button");
  const last = layer.focus?.isConnected && !layer.focus.disabled && layer.focus;
  (last || first || layer.form.querySelector("footer button:last-of-type")).focus();
}

async function submit(layer, deeds) {
  const { form } = layer;
  const button = form.querySelector("[type=submit]");
  if (!button || button.disabled) return;
  button.disabled = true;
  const { answer, error } = await deeds.submit(layer.view, layer.values());
  button.disabled = false;
  const errors = { ...(answer?.response_action === "errors" ? answer.errors : {}) };
  for (const box of form.querySelectorAll(".input")) {
    showError(box, errors[box.dataset.block]);
    delete errors[box.dataset.block];
  }
  form.querySelector(":scope > .error").textContent = error ? `We had some trouble: ${error}. Try again?`
    : Object.values(errors).join(" "); // those that name no input of this view
  form.querySelector("[aria-invalid=true]")?.focus();
}

function showError(box, message) {
  const note = box.querySelector(".error");
  const field = box.querySelector("input, textarea, select, summary");
  note.textContent = message ?? "";
  if (!field) return;
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  field.setAttribute("aria-describedby", note.id);
}

export function confirmWith(question, people) {
  const box = document.getElementById("confirm");
  return new Promise((resolve) => {
    const answer = (value) => () => {
      box.close();
      resolve(value);
    };
    box.oncancel = () => resolve(false);
    const { title, text, deny, confirm, style = "primary" } = question;
    box.replaceChildren(h("h2", { id: "confirm-title" }, title?.text ?? "Are you sure?"),
      h("p", {}, textObject(text, people)),
      h("footer", {}, h("button", { class: "press", onclick: answer(false) }, deny?.text ?? "Cancel"),
        h("button", { class: `press ${style}`, onclick: answer(true) }, confirm?.text ?? "Yes")));
    box.showModal();
  });
}
