/**
 * The text without what it ends with, however often. A pattern such as `x+$` takes the square of a long run that stands further in, since it
 * is tried from each place of it.
 */
export function withoutEnd(text: string, part: string): string {
  let end = text.length;
  while (text.endsWith(part, end) && end > 0) end -= part.length;
  return text.slice(0, end);
}
