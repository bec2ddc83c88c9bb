/** The element of an id, which the page has. Throws where it is missing, or another: then script and page do not belong together. */
export function element<E extends Element>(id: string, kind: abstract new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} #${id}`);
}

/** A text in an alert, which is read out when it appears; none hides it. */
export function say(target: HTMLElement, text: string): void {
  target.textContent = text;
  target.hidden = text === "";
}
