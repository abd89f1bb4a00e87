// A page as a function of its state. `patch` makes an element's children what a view says and keeps
// every element that stays, so that focus, open disclosures and scroll outlive each change.

// What each of our elements was last said to be.
const said = new WeakMap();

// An element as a view says it. Children are elements, strings, nodes that somebody else looks
// after, lists of these, or nothing. `key` tells an element from its siblings of the same tag where
// these come and go. `initial` is what a field holds at first.
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children };
}

export function patch(parent, children) {
  const wanted = withKeys(children);
  const old = new Map();
  for (const node of [...parent.childNodes]) {
    const key = said.get(node)?.key ?? node;
    if (wanted.has(key)) old.set(key, node);
    else node.remove();
  }
  let next = parent.firstChild;
  for (const [key, item] of wanted) {
    const node = old.get(key) ?? made(key, item);
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
    fill(node, item);
  }
}

function withKeys(children) {
  const wanted = new Map();
  const counts = new Map();
  for (const item of [children].flat(Infinity)) {
    if (item === null || item === undefined || item === false || item === "") continue;
    const own = item instanceof Node ? item : item.props?.key;
    const kind = item.tag ?? "#text";
    const count = counts.get(kind) ?? 0;
    if (own === undefined) counts.set(kind, count + 1);
    wanted.set(own ?? `${kind} ${count}`, item);
  }
  return wanted;
}

function made(key, item) {
  if (item instanceof Node) return item;
  const node = item.tag === undefined
    ? document.createTextNode(item)
    : document.createElement(item.tag);
  if (item.props?.initial !== undefined) node.value = item.props.initial;
  said.set(node, { key, props: {} });
  return node;
}

function fill(node, item) {
  if (item instanceof Node) return;
  if (item.tag === undefined) {
    if (node.data !== String(item)) node.data = item;
    return;
  }
  const record = said.get(node);
  const before = record.props;
  record.props = item.props;
  for (const name of new Set([...Object.keys(before), ...Object.keys(item.props)])) {
    // What was ticked by hand may not be what the view says.
    const same = name === "checked" ? node.checked === Boolean(item.props.checked) : before[name] === item.props[name];
    if (!same) set(node, name, before[name], item.props[name]);
  }
  patch(node, item.children);
}

const PROPERTIES = new Set(["checked", "open", "value"]);

function set(node, name, before, after) {
  if (name === "key" || name === "initial") return;
  if (name.startsWith("on")) {
    if (before === undefined) {
      node.addEventListener(name.slice(2), (event) => said.get(node).props[name]?.(event));
    }
  } else if (PROPERTIES.has(name)) {
    node[name] = after ?? false;
  } else if (after === undefined || after === null || after === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, after === true ? "" : after);
  }
}
