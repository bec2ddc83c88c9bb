import type { ApiFields } from "./messages-body.ts";

/** What free texts say, so that nobody takes them for a model's. */
export const SIMULATED = "simulated";

const FORMATS: ReadonlyMap<unknown, string> = new Map([
  ["date-time", "2000-01-01T00:00:00Z"],
  ["date", "2000-01-01"],
  ["time", "00:00:00Z"],
  ["duration", "PT0S"],
  ["email", `${SIMULATED}@example.com`],
  ["hostname", `${SIMULATED}.example.com`],
  ["uri", `https://example.com/${SIMULATED}`],
  ["uri-reference", `https://example.com/${SIMULATED}`],
  ["uuid", "00000000-0000-4000-8000-000000000000"],
  ["ipv4", "127.0.0.1"],
  ["ipv6", "::1"],
]);
const MAX_LENGTH = 10_000;
/** For a pattern, texts of one character up to this length are tried, too. */
const MAX_TRIED_LENGTH = 32;
const TRIED_CHARACTERS = ["a", "A", "0", "1"];

/** A string that fits; `nth` makes it differ from others. A pattern is met when one of a few plain texts meets it. */
export function minimalString(schema: ApiFields, nth: number): string {
  const shortest = Math.min(numberOr(schema.minLength, 0), MAX_LENGTH);
  const longest = numberOr(schema.maxLength, Number.POSITIVE_INFINITY);
  const free = sized(nth === 0 ? SIMULATED : `${nth + 1} ${SIMULATED}`, shortest, longest);
  const formatted = FORMATS.get(schema.format);
  if (typeof schema.pattern !== "string") return formatted ?? free;
  const pattern = patternOf(schema.pattern);
  const tried = [free, SIMULATED.toUpperCase(), ...FORMATS.values(), "#000000", ...plainTexts()];
  return tried.find((text) => text.length >= shortest && text.length <= longest && pattern?.test(text)) ?? free;
}

/** A number that fits, as near to zero as is simple; `nth` makes it differ from others. */
export function minimalNumber(schema: ApiFields, isInteger: boolean, nth: number): number {
  const lowest = Math.max(numberOr(schema.minimum, -Infinity), numberOr(schema.exclusiveMinimum, -Infinity));
  const highest = Math.min(numberOr(schema.maximum, Infinity), numberOr(schema.exclusiveMaximum, Infinity));
  const step = numberOr(schema.multipleOf, 1);
  const fits = (value: number) =>
    value >= lowest &&
    value <= highest &&
    value !== schema.exclusiveMinimum &&
    value !== schema.exclusiveMaximum &&
    (!isInteger || Number.isInteger(value)) &&
    (schema.multipleOf === undefined || Number.isInteger(value / step));
  const corners = [Math.ceil(lowest / step) * step, Math.floor(highest / step) * step, lowest, highest];
  const tried = [0, ...corners, ...corners.flatMap((corner) => [corner + step, corner - step]), (lowest + highest) / 2];
  const usable = tried.filter(Number.isFinite);
  const apart = usable.flatMap((value) => [value + nth * step, value - nth * step]);
  return apart.find(fits) ?? usable.find(fits) ?? 0;
}

/** Repeats the text, or cuts it, to this number of characters. */
function sized(text: string, shortest: number, longest: number): string {
  if (text.length >= shortest) return text.slice(0, longest);
  return `${text} `.repeat(Math.ceil(shortest / text.length)).slice(0, shortest);
}

function* plainTexts(): Generator<string> {
  for (let length = 0; length <= MAX_TRIED_LENGTH; length++) {
    for (const character of TRIED_CHARACTERS) yield character.repeat(length);
  }
}

/** A pattern that is no regular expression here is met by nothing. */
function patternOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "u");
  } catch {
    return undefined;
  }
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
