// The box people type in: Enter sends, `/` and `@` offer what there is.

import { h, menu } from "./dom.js";

let serial = 0;

// `offers(word)` gives [insertion, description] pairs for the word before the cursor; `shortcuts` are a menu's entries.
export function composer(container, label, send, offers, shortcuts = []) {
  const id = `offers-${++serial}`;
  const list = h("ul", { id, class: "offers", role: "listbox", "aria-label": "Suggestions", hidden: true });
  const box = h("textarea", { rows: 2, "aria-label": label, placeholder: label, role: "combobox",
    "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" });
  const state = { found: [], index: 0 };
  const wordStart = () => box.value.slice(0, box.selectionStart).search(/\S+$/);
  const word = () => (wordStart() < 0 ? "" : box.value.slice(wordStart(), box.selectionStart));

  function offer() {
    state.found = /^[@/#]/.test(word()) ? offers(word(), wordStart() === 0) : [];
    state.index = 0;
    show();
  }

  function show() {
    list.hidden = !state.found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.setAttribute("aria-activedescendant", list.hidden ? "" : `${id}-${state.index}`);
    list.replaceChildren(...state.found.map(([text, about], index) => h("li", { id: `${id}-${index}`, role: "option",
      "aria-selected": String(index === state.index), onmousedown: (event) => {
        event.preventDefault();
        take(index);
      } }, h("strong", {}, text), " ", h("span", { class: "muted" }, about))));
  }

  function take(index) {
    const start = wordStart();
    const rest = box.value.slice(box.selectionStart);
    box.value = `${box.value.slice(0, start)}${state.found[index][0]} ${rest}`;
    box.selectionStart = box.selectionEnd = box.value.length - rest.length;
    state.found = [];
    show();
  }

  async function sendNow() {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    offer();
    if (!(await send(text))) box.value ||= text;
  }

  box.addEventListener("input", offer);
  box.addEventListener("blur", () => { list.hidden = true; });
  box.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      state.index = (state.index + step + state.found.length) % state.found.length;
      show();
    } else if (open && event.key === "Escape") {
      state.found = [];
      show();
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && state.found[state.index][0] !== word()))) {
      take(state.index);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      sendNow();
    } else return;
    event.preventDefault();
  });
  container.replaceChildren(h("form", { class: "composer", onsubmit: (event) => {
    event.preventDefault();
    sendNow();
  } }, list, shortcuts.length > 0 && menu("Shortcuts", shortcuts, "\u26A1\uFE0E"), box,
  h("button", { class: "press primary", type: "submit" }, "Send")));
  return box;
}
