// The modal on top of a person's stack, and the question a `confirm` object asks.

import { collect, drawBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const dialog = document.getElementById("modal");
let shown = { id: null, hash: null, fields: [] };

// Draws the view unless it is already on screen; what was entered survives an update, as in Slack.
export function showModal(view, ctx, deeds) {
  if (!view) return hide();
  if (view.id === shown.id && view.hash === shown.hash) return;
  const entered = view.id === shown.id ? collect(shown.fields) : {};
  const fields = [];
  const values = () => collect(fields);
  const inner = { ...ctx, fields, entered, act: (action) => deeds.act(view, { ...action, values: values() }) };
  const form = h("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    submit(form, view, values(), deeds);
  } },
  h("header", {}, h("h2", { id: "modal-title" }, view.title.text),
    h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => deeds.close(view) }, "\u2715")),
  h("div", { class: "scroll body" }, drawBlocks(view.blocks, inner)),
  h("p", { class: "error", role: "alert" }),
  h("footer", {},
    h("button", { type: "button", class: "press", onclick: () => deeds.close(view) }, view.close?.text ?? "Cancel"),
    view.submit && h("button", { type: "submit", class: "press primary" }, view.submit.text)));
  dialog.replaceChildren(form);
  dialog.oncancel = (event) => {
    event.preventDefault();
    deeds.close(view);
  };
  shown = { id: view.id, hash: view.hash, fields };
  if (!dialog.open) dialog.showModal();
  form.querySelector("[autofocus], .body input, .body textarea, .body select")?.focus();
}

function hide() {
  shown = { id: null, hash: null, fields: [] };
  if (dialog.open) dialog.close();
}

async function submit(form, view, values, deeds) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const { answer, error } = await deeds.submit(view, values);
  button.disabled = false;
  form.querySelector(":scope > .error").textContent = error ? `We had some trouble: ${error}. Try again?` : "";
  const errors = answer?.response_action === "errors" ? answer.errors : {};
  for (const box of form.querySelectorAll(".input")) showError(box, errors[box.dataset.block]);
  form.querySelector("[aria-invalid=true]")?.focus();
}

function showError(box, message) {
  box.querySelector(".error").textContent = message ?? "";
  const field = box.querySelector("input, textarea, select");
  if (message) field?.setAttribute("aria-invalid", "true");
  else field?.removeAttribute("aria-invalid");
}

export function confirmWith(question, people) {
  const box = document.getElementById("confirm");
  return new Promise((resolve) => {
    const answer = (value) => () => {
      box.close();
      resolve(value);
    };
    box.oncancel = () => resolve(false);
    box.replaceChildren(h("h2", { id: "confirm-title" }, question.title.text),
      h("p", {}, textObject(question.text, people)),
      h("footer", {}, h("button", { class: "press", onclick: answer(false) }, question.deny.text),
        h("button", { class: `press ${question.style ?? "primary"}`, onclick: answer(true) }, question.confirm.text)));
    box.showModal();
  });
}
