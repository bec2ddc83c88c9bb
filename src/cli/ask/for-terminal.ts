/**
 * A model's text as a terminal may be shown it: control characters, by which it could change the screen, the title or the
 * clipboard, become visible signs. Line breaks and tabs stay.
 */
export function forTerminal(text: string): string {
  return Array.from(text, (character) => (isControl(character) ? "\uFFFD" : character)).join("");
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n" || character === "\t") return false;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
