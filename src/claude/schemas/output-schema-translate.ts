import { attempt } from "../../core/attempt.ts";
import { invalid } from "../../core/error.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject, sameJson } from "../../core/json.ts";
import { exclusiveBound } from "./input-schema-slips.ts";
import { isList, mapMembers, type Path } from "./keywords.ts";
import { pathText } from "./places.ts";

/** Turns a part of a schema into what means the same and the CLI compiles. Each gets what the ones before it made. */
type Translation = (node: JsonObject, at: Path) => JsonObject;

const TRANSLATIONS: readonly Translation[] = [
  onceEach,
  nullable,
  (node, at) => boundBesideFlag(node, at, "exclusiveMinimum", "minimum"),
  (node, at) => boundBesideFlag(node, at, "exclusiveMaximum", "maximum"),
  pattern,
  patternProperties,
  tuple,
  containsCounts,
  unevaluatedProperties,
  condition,
  dependents,
  propertiesUnderPatterns,
];

/** A schema whose keywords are all of their kinds, and whose inner schemas are translated. */
export function translate(node: JsonObject, at: Path): JsonObject {
  return TRANSLATIONS.reduce((current, translation) => translation(current, at), node);
}

/** Lists of names and values say the same without repetition, which the CLI takes for a mistake. */
function onceEach(node: JsonObject): JsonObject {
  return mapMembers(node, (value, key) => {
    if (!isList(value) || !["type", "enum", "required"].includes(key)) return value;
    const seen = new Set<string>();
    return value.filter((member) => seen.size < seen.add(canonicalJson(member)).size);
  });
}

/** OpenAPI 3.0's word for the type `null`. Without a `type` it has no effect there, but is seldom meant so. */
function nullable(node: JsonObject, at: Path): JsonObject {
  const { nullable, ...rest } = node;
  if (nullable !== true) return nullable === undefined ? node : rest;
  if (node.type === undefined)
    refuse([...at, "nullable"], 'needs a `type` beside it; accepted is {"type": "null"} as one of `anyOf`.');
  const types = isList(node.type) ? node.type : [node.type];
  return types.includes("null") ? rest : { ...rest, type: [...types, "null"] };
}

/** Draft 4: true, beside the bound. */
function boundBesideFlag(node: JsonObject, at: Path, exclusive: string, inclusive: string): JsonObject {
  if (node[exclusive] === true && node[inclusive] === undefined)
    refuse([...at, exclusive], `is true without a ${inclusive}; accepted is a number.`);
  return exclusiveBound(node, exclusive, inclusive);
}

function pattern(node: JsonObject, at: Path): JsonObject {
  if (typeof node.pattern !== "string") return node;
  return { ...node, pattern: translatedPattern(node.pattern, [...at, "pattern"]) };
}

function patternProperties(node: JsonObject, at: Path): JsonObject {
  if (!isJsonObject(node.patternProperties)) return node;
  const place = [...at, "patternProperties"];
  const translated = new Map<string, Json>();
  for (const [source, schema] of Object.entries(node.patternProperties)) {
    const key = translatedPattern(source, [...place, source]);
    if (translated.has(key)) refuse([...place, source], "is the same pattern as another one.");
    translated.set(key, schema);
  }
  return { ...node, patternProperties: Object.fromEntries(translated) };
}

function translatedPattern(source: string, at: Path): string {
  return (
    unicodePattern(source) ??
    refuse(
      at,
      "is no regular expression here; accepted is what JavaScript takes with the `u` flag (no \\A, \\Z, (?i), (?P<name>)).",
    )
  );
}

/** A list of schemas, one for each item: only as a list of one kind, and of a limited length unless further items are alike. */
function tuple(node: JsonObject, at: Path): JsonObject {
  const { prefixItems, items, additionalItems, maxItems, ...rest } = node;
  const isOldForm = isList(items);
  const [list, others] = isOldForm ? [items, additionalItems] : [prefixItems, items];
  if (!isList(list)) return mapMembers(node, (value, word) => (word === "additionalItems" ? undefined : value));
  const [first = true, ...more] = list;
  const isSame = (schema: Json | undefined) => sameJson(schema, first);
  const limit = Math.min(
    typeof maxItems === "number" ? maxItems : Number.POSITIVE_INFINITY,
    others === false ? list.length : Number.POSITIVE_INFINITY,
  );
  if ((isOldForm && prefixItems !== undefined) || !more.every(isSame) || !(limit <= list.length || isSame(others)))
    refuse(
      [...at, isOldForm ? "items" : "prefixItems"],
      "has a schema for each item; accepted is one for all, in `items`, or an object with a property for each.",
    );
  return { ...rest, items: first, ...(Number.isFinite(limit) ? { maxItems: limit } : {}) };
}

/** They count what `contains` finds. */
function containsCounts(node: JsonObject, at: Path): JsonObject {
  const { minContains, maxContains, ...rest } = node;
  if (minContains === undefined && maxContains === undefined) return node;
  if (node.contains === undefined) return rest;
  if (maxContains !== undefined) refuse([...at, "maxContains"], "is not supported; accepted is `contains` alone.");
  if (minContains !== 1)
    refuse([...at, "minContains"], "is not supported; accepted is `contains` alone, which means 1.");
  return rest;
}

/** What is not evaluated is what is additional, unless another schema evaluates something, too. */
function unevaluatedProperties(node: JsonObject, at: Path): JsonObject {
  const { unevaluatedProperties, ...rest } = node;
  if (unevaluatedProperties === undefined) return node;
  if (unevaluatedProperties === true || node.additionalProperties !== undefined) return rest;
  const others = ["$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies"];
  const composed = others.find((key) => node[key] !== undefined);
  if (composed !== undefined)
    refuse(
      [...at, "unevaluatedProperties"],
      `is not supported beside ${composed}; accepted is \`additionalProperties\`.`,
    );
  return { ...rest, additionalProperties: unevaluatedProperties };
}

/** Parts of a condition that have no effect alone. */
function condition(node: JsonObject): JsonObject {
  const { if: condition, then: consequence, else: alternative, ...rest } = node;
  const isWhole = condition !== undefined && (consequence !== undefined || alternative !== undefined);
  return isWhole ? node : rest;
}

/** `required` alone would be satisfied by everything that is no object. */
function dependents(node: JsonObject): JsonObject {
  const { dependentRequired, dependentSchemas, ...rest } = node;
  const whenThere = (name: string, then: Json): JsonObject => ({ if: { type: "object", required: [name] }, then });
  const conditions = [
    ...entriesOf(dependentRequired).map(([name, required]) =>
      whenThere(name, { required: isList(required) ? [...new Set(required)] : [] }),
    ),
    ...entriesOf(dependentSchemas).map(([name, schema]) => whenThere(name, schema)),
  ];
  return withAllOf(rest, conditions);
}

/**
 * A property that a pattern matches may not stand beside it; the pattern alone tells that it is no additional one. Where it could take
 * long to find out which a client's patterns match, all properties are moved, and a pattern of their names tells that they are none.
 */
function propertiesUnderPatterns(node: JsonObject): JsonObject {
  const [sources, names] = [node.patternProperties, node.properties].map((map) => entriesOf(map).map(([key]) => key));
  if (!sources?.length || !names?.length) return node;
  const isQuick = sources.length * names.length <= 2_000 && sources.every(isQuickPattern) && names.every(isShort);
  const patterns = isQuick ? sources.map((source) => new RegExp(source, "u")) : [];
  const isMoved = ([name]: [string, Json]) => !isQuick || patterns.some((pattern) => pattern.test(name));
  const moved = entriesOf(node.properties).filter(isMoved);
  if (moved.length === 0) return node;
  const others = Object.fromEntries(entriesOf(node.properties).filter((entry) => !isMoved(entry)));
  if (isQuick) return withAllOf({ ...node, properties: others }, [{ properties: Object.fromEntries(moved) }]);
  const { properties: _, ...rest } = node;
  const named = { [`^(?:${names.map(escaped).join("|")})$`]: true };
  const patternProperties = { ...Object.fromEntries(entriesOf(node.patternProperties)), ...named };
  return withAllOf({ ...rest, patternProperties }, [{ properties: Object.fromEntries(moved) }]);
}

/** Whether a pattern takes no longer than the square of what it is tried on: without groups and branches, and with one quantifier. */
function isQuickPattern(source: string): boolean {
  return source.length <= 200 && !/[(|]/.test(source) && (source.match(/[*+?{]/g) ?? []).length <= 1;
}

function isShort(name: string): boolean {
  return name.length <= 100;
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function withAllOf(node: JsonObject, more: readonly JsonObject[]): JsonObject {
  if (more.length === 0) return node;
  return { ...node, allOf: [...(isList(node.allOf) ? node.allOf : []), ...more] };
}

function entriesOf(map: Json | undefined): [string, Json][] {
  return isJsonObject(map) ? Object.entries(map) : [];
}

/** What stands in a pattern as a whole, and is copied as it is: `\p{L}`, `\u{1F600}`, `\k<name>`, and quantifiers. */
const WHOLE = /\\[pPu]\{\w[^}]{0,60}\}|\\k<\w+>|\{\d+(?:,\d*)?\}/y;

/** Escapes for a set of characters, which can't begin or end a range. */
const IS_SET = /^\\[dDwWsSpP]/;

/**
 * The same regular expression as one that is valid under the `u` flag, by which the CLI compiles all of them. Other languages,
 * and JavaScript without that flag, also take needless escapes (`\@`), lone brackets and braces, and `[\w-.]`. Undefined when
 * there is none, or none that surely means the same.
 */
function unicodePattern(source: string): string | undefined {
  if (isValid(source, "u")) return source;
  // What is no regular expression as it stands must not become one by what is taken away.
  if (!isValid(source, "") || /\[\[:|\{,\d*\}/.test(source)) return undefined;
  const rewritten = rewrite(source);
  return isValid(rewritten, "u") ? rewritten : undefined;
}

function rewrite(source: string): string {
  let output = "";
  let inClass = false;
  for (let index = 0; index < source.length; ) {
    const token = tokenAt(source, index, inClass);
    index += token.length;
    const next = source.slice(index, index + 2);
    if (inClass) output += token === "\\-" ? token : unescaped(token);
    else output += /^[{}\]]$/.test(token) ? `\\${token}` : unescaped(token);
    if (inClass && next !== "-]" && next.startsWith("-") && isBesideSet(token, source, index)) {
      output += "\\-";
      index++;
    }
    if (token === "[") inClass = true;
    else if (token === "]") inClass = false;
  }
  return output;
}

/** An escape with what belongs to it, a quantifier, or a single character. */
function tokenAt(source: string, index: number, inClass: boolean): string {
  WHOLE.lastIndex = index;
  const whole = WHOLE.exec(source)?.[0];
  if (whole !== undefined && !(inClass && whole.startsWith("{"))) return whole;
  return source.slice(index, index + (source[index] === "\\" ? 2 : 1));
}

/** Whether the hyphen here, after a token within a class, stands for itself: a set of characters is at one of its sides. */
function isBesideSet(token: string, source: string, hyphen: number): boolean {
  return IS_SET.test(token) || IS_SET.test(source.slice(hyphen + 1, hyphen + 3));
}

/** Without the backslash where it says nothing: before a sign that is none of the syntax. Before letters it might mean more. */
function unescaped(token: string): string {
  return /^\\[^\w^$\\.*+?()[\]{}|/]$/.test(token) || token === "\\_" ? token.slice(1) : token;
}

/** Whether it is a regular expression of JavaScript's. */
export function isValid(source: string, flags: string): boolean {
  return attempt(() => new RegExp(source, flags)) !== undefined;
}

/** Refuses a client's schema for what stands at a place in it. */
export function refuse(at: Path, problem: string): never {
  throw invalid("response_format", `The schema of response_format cannot be used: ${pathText(at)} ${problem}`);
}
