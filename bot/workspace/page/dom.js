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
export function reconcile(container, items, keyOf, draw) {
  const kept = new Map([...container.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const key = keyOf(item);
    const signature = JSON.stringify(item);
    const old = kept.get(key);
    if (old && old.signature === signature) return old;
    const node = draw(item);
    node.dataset.key = key;
    node.signature = signature;
    return node;
  });
  const wanted = new Set(nodes);
  for (const node of [...container.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (container.children[index] !== node) container.insertBefore(node, container.children[index] ?? null);
  });
}

export function safeLink(url, label) {
  if (!/^(https?:|mailto:)/i.test(url)) return document.createTextNode(label ?? url);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label ?? url);
}
