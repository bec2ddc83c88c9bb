import { localise } from "./times.ts";

/** What the script itself says of elements, or who looks, and the server knows nothing of. */
const OURS = ["hidden", "role", "aria-selected", "aria-controls", "aria-labelledby", "tabindex", "open"];

/**
 * Makes the content of an element what the HTML says and keeps what is the same, so that focus, selection and scrolling stay where they are.
 * The HTML is the server's, which has escaped all that is not its own.
 */
export function morph(target: Element, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  localise(template.content);
  morphChildren(target, template.content);
}

function morphChildren(target: Node, source: Node): void {
  const wanted = [...source.childNodes];
  const keyed = new Map([...target.childNodes].flatMap((node) => (keyOf(node) ? [[keyOf(node), node] as const] : [])));
  for (const [index, next] of wanted.entries()) {
    const present = target.childNodes[index];
    const key = keyOf(next);
    const known = key === undefined ? present : keyed.get(key);
    if (known === undefined || !isAlike(known, next)) {
      if (present !== undefined && key === undefined && keyOf(present) === undefined) present.replaceWith(next);
      else target.insertBefore(next, present ?? null);
      continue;
    }
    if (known !== present) target.insertBefore(known, present ?? null);
    morphNode(known, next);
  }
  while (target.childNodes.length > wanted.length) target.lastChild?.remove();
}

function keyOf(node: Node): string | undefined {
  return node instanceof HTMLElement ? node.dataset.key : undefined;
}

function isAlike(one: Node, other: Node): boolean {
  return one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
}

function morphNode(known: Node, next: Node): void {
  if (known instanceof Element && next instanceof Element) {
    for (const { name } of [...known.attributes]) {
      if (!next.hasAttribute(name) && !OURS.includes(name)) known.removeAttribute(name);
    }
    for (const { name, value } of [...next.attributes]) {
      if (known.getAttribute(name) !== value) known.setAttribute(name, value);
    }
    morphChildren(known, next);
  } else if (known.nodeValue !== next.nodeValue) known.nodeValue = next.nodeValue;
}
