import type { Style } from "../../terminal/text.ts";

const CONTEXT = 3;

type Line = { readonly mark: " " | "-" | "+"; readonly text: string };

/** What is shown for a text; it has the same number of lines. */
export type Mask = (text: string) => string;

/** What changes between two texts, as `diff -u` shows it; empty when nothing does. What is masked is still compared. */
export function unifiedDiff(from: string, to: string, path: string, style: Style, mask: Mask = (text) => text): string {
  const lines = compare(linesOf(from), linesOf(to));
  const changed = lines.flatMap(({ mark }, index) => (mark === " " ? [] : [index]));
  if (changed.length === 0) return "";
  const shown = new Set(changed.flatMap((at) => Array.from({ length: 2 * CONTEXT + 1 }, (_, i) => at - CONTEXT + i)));
  const result = [style.bold(`--- ${path}`), style.bold(`+++ ${path}`)];
  const [oldShown, newShown] = [linesOf(mask(from)), linesOf(mask(to))];
  let [oldLine, newLine] = [1, 1];
  lines.forEach(({ mark }, index) => {
    if (shown.has(index)) {
      if (!shown.has(index - 1) || index === 0) {
        const hunk = lines.slice(index, endOfHunk(shown, index, lines.length));
        const [old, fresh] = [hunk.filter((each) => each.mark !== "+"), hunk.filter((each) => each.mark !== "-")];
        result.push(style.cyan(`@@ -${range(oldLine, old.length)} +${range(newLine, fresh.length)} @@`));
      }
      const colour = mark === "+" ? style.green : mark === "-" ? style.red : (plain: string) => plain;
      const text = mark === "+" ? newShown[newLine - 1] : oldShown[oldLine - 1];
      result.push(colour(`${mark}${text ?? ""}`));
    }
    if (mark !== "+") oldLine++;
    if (mark !== "-") newLine++;
  });
  return `${result.join("\n")}\n`;
}

function endOfHunk(shown: ReadonlySet<number>, start: number, length: number): number {
  let end = start;
  while (end < length && shown.has(end)) end++;
  return end;
}

/** An empty range is named by the line before it. */
function range(start: number, length: number): string {
  return `${length === 0 ? start - 1 : start},${length}`;
}

/** Without their ends, of which those of Windows do not show. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** The longest common sequence of lines; what both texts begin and end with is set apart, which is nearly all of them. */
function compare(from: readonly string[], to: readonly string[]): Line[] {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: " ", text }));
  return [
    ...same(from.slice(0, start)),
    ...compareMiddle(from.slice(start, from.length - end), to.slice(start, to.length - end)),
    ...same(from.slice(from.length - end)),
  ];
}

function compareMiddle(from: readonly string[], to: readonly string[]): Line[] {
  // lengths[i][j]: of the longest sequence that from[i…] and to[j…] have in common.
  const lengths = Array.from({ length: from.length + 1 }, () => new Array<number>(to.length + 1).fill(0));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row) row[j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [old, fresh] = [from[i], to[j]];
    if (old !== undefined && old === fresh) {
      lines.push({ mark: " ", text: old });
      i++;
      j++;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: "-", text: old });
      i++;
    } else {
      lines.push({ mark: "+", text: fresh ?? "" });
      j++;
    }
  }
  return lines;
}
