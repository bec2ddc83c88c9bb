import { structuredPatch } from "diff";
import type { Style } from "../terminal/text.ts";
import type { Format } from "./config-file/format.ts";
import { splice } from "./config-file/splice.ts";
import { ANY_KEY } from "./connection.ts";

export type ShownDiff = {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly style: Style;
  readonly format: Format;
  /** The server's keys. */
  readonly secrets: readonly string[];
};

/** What changes in a client's file, without the secrets that stand in it: what is shown may be kept in a log. */
export function shownDiff({ from, to, path, style, format, secrets }: ShownDiff): string {
  const mask = (text: string) => secrets.reduce((shown, key) => shown.replaceAll(key, "YOUR_KEY"), masked(text));
  return unifiedDiff(from, to, path, style, mask);

  function masked(text: string): string {
    if (text.trim() === "") return text;
    const places = format.strings(text).filter((place) => place.path.some(isSecretName) && !isHarmless(place.value));
    const splices = places.map(({ start, end }) => ({ start, end, text: stars(text.slice(start, end)) }));
    return splice(text, splices)
      .replace(ASSIGNED, (all, before: string, name: string, quoted: string) =>
        isSecretName(name) && !isHarmless(quoted.slice(1, -1)) ? before + stars(quoted) : all,
      )
      .replace(/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, "$1 ***");
  }

  function isHarmless(value: string): boolean {
    return value === ANY_KEY || REFERENCE.test(value) || secrets.some((secret) => value.includes(secret));
  }
}

/** A name with a text, wherever it stands: settings that are commented out hold secrets, too. */
const ASSIGNED = /(?<![\w.-])(["']?([\w.-]+)["']?\s*[:=]\s*)("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/g;

/** What only says where a secret is: `${NAME}`, `{env:NAME}`. */
const REFERENCE = /^\$?\{[^{}]*\}$/;

const SECRET_NAME =
  /(api|access|private|secret|signing|encryption|auth)[-_ ]?key|^key$|token|secret|authori[sz]ation|pass(word|wd|phrase)|credential|cookie/i;

/** Names that say which variable holds a secret, as Codex has them, are none. */
function isSecretName(name: string | number): boolean {
  return SECRET_NAME.test(String(name)) && !/env([-_](var|key))?$/i.test(String(name));
}

/** As many lines as before. */
function stars(quoted: string): string {
  return `"***"${quoted.replace(/[^\n]/g, "")}`;
}

/** What is shown for a text; it has the same number of lines. */
type Mask = (text: string) => string;

/** What changes between two texts, as `diff -u` shows it; empty when nothing does. What is masked is still compared. */
export function unifiedDiff(from: string, to: string, path: string, style: Style, mask: Mask = (text) => text): string {
  // Ends of lines do not show, so they do not count.
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
  const { hunks } = structuredPatch(path, path, text(linesOf(from)), text(linesOf(to)), "", "", { context: 3 });
  if (hunks.length === 0) return "";
  const [oldShown, newShown] = [linesOf(mask(from)), linesOf(mask(to))];
  const result = [style.bold(`--- ${path}`), style.bold(`+++ ${path}`)];
  for (const { oldStart, oldLines, newStart, newLines, lines } of hunks) {
    result.push(style.cyan(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`));
    let [oldLine, newLine] = [oldStart, newStart];
    for (const [mark = ""] of lines) {
      if (mark === "+") result.push(style.green(`+${newShown[newLine - 1]}`));
      else if (mark === "-") result.push(style.red(`-${oldShown[oldLine - 1]}`));
      else result.push(` ${oldShown[oldLine - 1]}`);
      if (mark !== "+") oldLine++;
      if (mark !== "-") newLine++;
    }
  }
  return `${result.join("\n")}\n`;
}

/** An empty range is named by the line before it. */
function range(start: number, length: number): string {
  return `${length === 0 ? start - 1 : start},${length}`;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
