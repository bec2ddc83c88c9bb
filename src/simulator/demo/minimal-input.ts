import { type ApiFields, isFields, listOf } from "../messages-body.ts";
import { hasType, mergeSchemas, targetOf, typesOf } from "./schema-parts.ts";

/** What is known while a value is made. */
type Making = {
  readonly root: ApiFields;
  /** The references being followed. */
  readonly active: readonly string[];
  /** How often a reference is followed within itself. */
  readonly maxDepth: number;
  /** Which of several values that shall differ. */
  readonly nth: number;
  /** How many values may still be made, over all of the schema: a small one can ask for astronomically many. */
  readonly budget: { left: number };
};

/** No value: the schema allows none, or none within the limits. */
const NONE = Symbol("none");
const MAX_VALUES = 2000;
const MAX_DEPTH = 3;

/**
 * A small input that satisfies the tool's JSON Schema, as far as the usual keywords go: what is required and nothing more,
 * but for the first property where nothing is, so that there is something to see.
 */
export function minimalInput(schema: unknown): ApiFields {
  if (!isFields(schema)) return {};
  // Most recursive schemas need no recursion; following a reference only once keeps their values small.
  for (let maxDepth = 1; maxDepth <= MAX_DEPTH; maxDepth++) {
    const making: Making = { root: schema, active: [], maxDepth, nth: 0, budget: { left: MAX_VALUES } };
    const value = make(schema, making);
    if (isFields(value)) return Object.keys(value).length > 0 ? value : firstProperty(schema, making);
  }
  return {};
}

function firstProperty({ properties, maxProperties }: ApiFields, making: Making): ApiFields {
  const [first] = isFields(properties) ? Object.entries(properties) : [];
  if (first === undefined || maxProperties === 0) return {};
  const value = make(first[1], making);
  return value === NONE ? {} : { [first[0]]: value };
}

function make(schema: unknown, making: Making): unknown {
  if (schema === false || making.budget.left-- <= 0) return NONE;
  if (!isFields(schema)) return SIMULATED;
  if (typeof schema.$ref === "string") return makeReferred(schema, schema.$ref, making);
  if (Array.isArray(schema.allOf)) return makeAllOf(schema, making);
  const given = givenValue(schema, making.nth);
  if (given !== NONE) return given;
  const { anyOf, oneOf, ...rest } = schema;
  if (Array.isArray(anyOf)) return makeFirst(anyOf, oneOf === undefined ? rest : { ...rest, oneOf }, making);
  if (Array.isArray(oneOf)) return makeFirst(oneOf, rest, making);
  return makeTyped(schema, making);
}

/** A reference that is met too often while it is being followed is cut off. */
function makeReferred({ $ref: _, ...siblings }: ApiFields, reference: string, making: Making): unknown {
  if (isTooDeep(reference, making.active, making)) return NONE;
  const target = targetOf(reference, making.root);
  return make(mergeSchemas(target, siblings), { ...making, active: [...making.active, reference] });
}

/** The branches merged into one schema. Those that refer are resolved first, or all but one reference would be lost. */
function makeAllOf({ allOf, ...rest }: ApiFields, making: Making): unknown {
  const active = [...making.active];
  let merged: unknown = rest;
  for (const branch of listOf(allOf) ?? []) {
    if (making.budget.left-- <= 0) return NONE;
    let part = branch;
    while (isFields(part) && typeof part.$ref === "string") {
      const { $ref: reference, ...siblings } = part;
      if (isTooDeep(part.$ref, active, making)) return NONE;
      active.push(part.$ref);
      part = mergeSchemas(targetOf(String(reference), making.root), siblings);
    }
    merged = mergeSchemas(merged, part);
  }
  return make(merged, { ...making, active });
}

function isTooDeep(reference: string, active: readonly string[], { maxDepth }: Making): boolean {
  return active.filter((other) => other === reference).length >= maxDepth;
}

function makeFirst(branches: readonly unknown[], rest: ApiFields, making: Making): unknown {
  for (const branch of branches) {
    const value = make(mergeSchemas(rest, branch), making);
    if (value !== NONE) return value;
  }
  return NONE;
}

/** A value that the schema itself names. */
function givenValue(schema: ApiFields, nth: number): unknown {
  if ("const" in schema) return schema.const;
  const isOfType = (value: unknown) =>
    schema.type === undefined || typesOf(schema).some((type) => hasType(value, type));
  const allowed = listOf(schema.enum)?.filter(isOfType);
  if (allowed !== undefined) return allowed.length === 0 ? NONE : allowed[nth % allowed.length];
  // Proposed lists and objects are left alone: they are often only a beginning of what the schema wants.
  const proposed = [schema.default, ...(listOf(schema.examples) ?? [])].filter((value) => typeof value !== "object");
  return proposed.filter((value) => value !== undefined && isOfType(value))[nth] ?? NONE;
}

function makeTyped(schema: ApiFields, making: Making): unknown {
  const types = typesOf(schema);
  switch (types.find((type) => type !== "null") ?? types[0]) {
    case "object":
      return makeObject(schema, making);
    case "array":
      return makeArray(schema, making);
    case "integer":
      return minimalNumber(schema, true, making.nth);
    case "number":
      return minimalNumber(schema, false, making.nth);
    case "boolean":
      return making.nth % 2 === 1;
    case "null":
      return null;
    default:
      return minimalString(schema, making.nth);
  }
}

function makeObject(schema: ApiFields, making: Making): unknown {
  const { properties, required, minProperties, additionalProperties = true } = schema;
  const declared = isFields(properties) ? properties : {};
  const made: Record<string, unknown> = Object.create(null);
  const add = (name: string): boolean => {
    const value = make(Object.hasOwn(declared, name) ? declared[name] : additionalProperties, making);
    if (value !== NONE) made[name] = value;
    return value !== NONE;
  };
  const names = (listOf(required) ?? []).filter((name) => typeof name === "string");
  if (!names.every(add)) return NONE;
  const fewest = typeof minProperties === "number" ? minProperties : 0;
  const count = () => Object.keys(made).length;
  for (const name of Object.keys(declared)) if (count() < fewest && !(name in made)) add(name);
  while (count() < fewest) if (!add(`${SIMULATED}${count() + 1}`)) return NONE;
  return { ...made };
}

function makeArray({ items, prefixItems, minItems, uniqueItems }: ApiFields, making: Making): unknown {
  const first = listOf(prefixItems) ?? listOf(items) ?? [];
  const others = Array.isArray(items) ? true : (items ?? true);
  const made: unknown[] = [];
  while (typeof minItems === "number" && made.length < minItems) {
    const at = made.length;
    const nth = uniqueItems === true ? at : making.nth;
    const value = make(at < first.length ? first[at] : others, { ...making, nth });
    if (value === NONE) return NONE;
    made.push(value);
  }
  return made;
}

/** What free texts say, so that nobody takes them for a model's. */
const SIMULATED = "simulated";

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
function minimalString(schema: ApiFields, nth: number): string {
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
function minimalNumber(schema: ApiFields, isInteger: boolean, nth: number): number {
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
