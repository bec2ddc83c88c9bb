import { isValid } from "./output-schema-pattern.ts";

/** "Simple" numbers of repetitions are taken, "large ranges" are not; no figure is told. */
const MOST_REPETITIONS = 64;

/** A quantifier, and nothing that would make it lazy or possessive. */
const QUANTIFIER = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})(?![?+*{])`;
const ESCAPE = String.raw`\\[dws]|\\[^\w\s]`;
/** Read in one way only, or many of them would be tried in every combination. */
const CLASS = String.raw`\[(?!\^\])(?:${ESCAPE}|[^\\\]])+\]`;
const PLAIN = String.raw`[^\\()[\]{}^$|?*+]`;
const SUBSET = new RegExp(`^(?:(?:${ESCAPE}|${CLASS}|${PLAIN}|\\))(?:${QUANTIFIER})?|\\((?:\\?:)?|[|^$])*$`, "u");

/**
 * Whether a regular expression is one of those that the API compiles: characters and their classes, groups, quantifiers and anchors;
 * nothing that looks around or back, and no word boundaries ("Pattern support" in the documentation).
 */
export function isGrammarPattern(source: string): boolean {
  if (!SUBSET.test(source) || !isValid(source, "u")) return false;
  const counts = [...source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, least = "0", most]) => [
    least,
    most || least,
  ]);
  return counts.every((count) => Number(count) <= MOST_REPETITIONS);
}
