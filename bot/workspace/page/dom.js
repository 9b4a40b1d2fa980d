// Building elements: text always goes in as text, never as markup.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value" || name === "checked" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// A thumb, drawn: not every machine has a font with emoji.
const THUMB = "M2 21h4V9H2zM22 10a2 2 0 0 0-2-2h-6l1-5-2-2-6.4 6.6A2 2 0 0 0 6 9v10a2 2 0 0 0 2 2h9a2 2 0 0 0 2-1z";

export function thumb(isDown) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", THUMB);
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("class", isDown ? "thumb down" : "thumb");
  picture.setAttribute("aria-hidden", "true");
  picture.append(path);
  return picture;
}

// Keeps the nodes of unchanged items, so that focus, open menus and half-chosen options survive a redraw.
// `also` is what else the drawing of all depends on.
export function reconcile(container, items, keyOf, draw, also = "") {
  const kept = new Map([...container.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const key = keyOf(item);
    const signature = JSON.stringify(item) + also;
    const old = kept.get(key);
    if (old && old.signature === signature) return old;
    const node = draw(item);
    if (old?.open) node.open = true;
    node.dataset.key = key;
    node.signature = signature;
    return node;
  });
  const wanted = new Set(nodes);
  for (const node of [...container.children]) if (!wanted.has(node)) node.remove();
  let next = container.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else container.insertBefore(node, next);
  }
}

// A button that opens a list of things to do. The browser closes it at Escape or a press elsewhere.
export function menu(label, entries, text = "\u22EF") {
  const list = h("div", { class: "popup floating", popover: "auto" }, entries.map(([name, about, run]) =>
    h("button", { type: "button", title: about, onclick: () => {
      list.hidePopover();
      run();
    } }, name)));
  const button = h("button", { type: "button", class: "quiet tool", "aria-label": label, title: label,
    "aria-haspopup": "true" }, text);
  button.popoverTargetElement = list;
  list.addEventListener("beforetoggle", () => {
    const at = button.getBoundingClientRect();
    const [isLow, isRight] = [at.top > innerHeight / 2, at.left > innerWidth / 2];
    Object.assign(list.style, { left: isRight ? "auto" : `${at.left}px`,
      right: isRight ? `${innerWidth - at.right}px` : "auto",
      top: isLow ? "auto" : `${at.bottom + 4}px`, bottom: isLow ? `${innerHeight - at.top + 4}px` : "auto" });
  });
  return h("span", {}, button, list);
}

export function safeLink(url, label) {
  if (!/^(https?:|mailto:)/i.test(url)) return document.createTextNode(label ?? url);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label ?? url);
}
