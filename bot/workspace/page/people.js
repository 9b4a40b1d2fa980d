// Adding a person to the workspace.

import { h } from "./dom.js";

// `add(person)` gives the server's answer; a refusal is shown in the form.
export function askForPerson(add) {
  const box = document.getElementById("adding");
  const field = (label, name, hint, more) => h("label", { class: "input" }, h("span", { class: "label" }, label),
    h("input", { name, required: true, autocomplete: "off", ...more }), hint && h("span", { class: "muted" }, hint));
  const error = h("p", { class: "error", role: "alert" });
  const form = h("form", { onsubmit: async (event) => {
    event.preventDefault();
    const answer = await add(Object.fromEntries(new FormData(form)));
    error.textContent = answer.error ?? "";
    if (!answer.error) box.close();
  } },
  h("header", {}, h("h2", { id: "adding-title" }, "Add a person")),
  h("div", { class: "scroll body" },
    field("Name", "real_name", "", { maxlength: 80, placeholder: "Dana Levi" }),
    field("User name", "name", "For mentions, as in @dana", { maxlength: 21, placeholder: "dana" }),
    field("Time zone", "tz", "", { list: "zones", value: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC" }),
    h("datalist", { id: "zones" }, Intl.supportedValuesOf("timeZone").map((value) => h("option", { value }))), error),
  h("footer", {}, h("button", { type: "button", class: "press", onclick: () => box.close() }, "Cancel"),
    h("button", { type: "submit", class: "press primary" }, "Add")));
  box.replaceChildren(form);
  box.onclose = () => box.replaceChildren();
  box.showModal();
}
