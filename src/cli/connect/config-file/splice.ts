/** A piece of a text to replace, as offsets. */
export type Splice = { readonly start: number; readonly end: number; readonly text: string };

/** Makes all replacements at once; they must not overlap. */
export function splice(text: string, splices: readonly Splice[]): string {
  let result = text;
  for (const { start, end, text: replacement } of splices.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  return result;
}

/** The end of line that a text uses. */
export function endOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the line ends, before its end of line. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" && end > offset ? end - 1 : end;
}

/** The blanks that the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? "";
}

/** A piece to cut out: with it its whole line, where nothing else is on it, and else the blanks behind it. */
export function cutting(text: string, start: number, end: number): Splice {
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  const alone = text.slice(from, start).trim() === "" && text.slice(end, to).trim() === "";
  if (!alone) return { start, end: end + (/^[ \t]*(?=[^\r\n])/.exec(text.slice(end))?.[0].length ?? 0), text: "" };
  const next = text.indexOf("\n", to);
  return { start: from, end: next < 0 ? text.length : next + 1, text: "" };
}
