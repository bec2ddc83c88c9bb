/**
 * A text as the content of an element. What is not ASCII is written as references, so that the file reads the same in any encoding.
 * Characters that XML 1.0 has no way to write were refused before.
 */
export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\u{80}-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`);
}
