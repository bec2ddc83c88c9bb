import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList, KEYWORDS, mapMembers, mapObjects, type Path, subschemas, TYPES } from "./keywords.ts";
import { isValid } from "./output-schema-translate.ts";
import { definitionAt, pathOfRef, placesThatEnd, pointerTo, schemasIn } from "./places.ts";

// What the API compiles into a grammar that answers cannot leave: a part of JSON Schema, by Anthropic's "Structured outputs", "JSON
// Schema limitations" (https://platform.claude.com/docs/en/build-with-claude/structured-outputs, as of 2026-09-26), read narrowly. Where
// it leaves open whether each of two keywords in one place is kept, neither is taken to be.

/** Words for readers that stand beside any type. */
const ANNOTATIONS = ["title", "description", "default"];
const SCALARS: readonly string[] = ["boolean", "integer", "null", "number", "string"];
/** The keywords of a type that the API keeps: those that may stand together, and those that may only stand alone. */
type KeptKeywords = { readonly together: readonly string[]; readonly alone: readonly string[] };
const OF_TYPE: Readonly<Record<(typeof TYPES)[number], KeptKeywords>> = {
  object: { together: ["properties", "required", "additionalProperties"], alone: [] },
  array: { together: ["items", "minItems"], alone: [] },
  string: { together: [], alone: ["enum", "const", "format", "pattern"] },
  boolean: { together: [], alone: ["enum", "const"] },
  integer: { together: [], alone: ["enum", "const"] },
  null: { together: [], alone: ["enum", "const"] },
  number: { together: [], alone: ["enum", "const"] },
};
const FORMATS: ReadonlySet<Json> = new Set("date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "));
/** The API's own limits, over the whole schema. */
export const MOST_OPTIONAL = 24;
export const MOST_UNIONS = 16;
/** Ours: larger ones take long to check, and no grammar. */
const MOST_WRITTEN = 10_000;
/** Words of a draft, and for the authors of schemas, which say nothing of what is valid. */
const MEANINGLESS_KEYWORDS: ReadonlySet<string> = new Set(["$comment", "$schema"]);
/** Within these, which some libraries write for every integer, each whole number stays the same as it is read. */
const SAFE_BOUNDS: Readonly<Record<string, number>> = {
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};

/** `within`: the schema also keeps whole numbers within those that are read exactly, which the API does not see to. */
type NativeSchema = { readonly schema: JsonObject; readonly within: "any" | "safe-integers" };

/** What of a schema the API's grammars do not keep, without a word of the schema's own. */
type Obstacle = { readonly obstacle: string };

/**
 * A client's schema as the API keeps it, or what stands in the way. It stays as it is, but for words that mean nothing to anybody. The
 * root is an object, as it is everywhere here.
 */
export function nativeSchema(client: JsonObject): NativeSchema | Obstacle {
  const { schema, within } = withoutSafeBounds(withoutMeaninglessKeywords(client));
  if (schema.type !== "object") return { obstacle: "a root that is not of type `object`" };
  const nodes = nodesOf(schema);
  for (const node of nodes) {
    const obstacle = obstacleIn(node, schema);
    if (obstacle !== undefined) return { obstacle };
  }
  const obstacle = obstacleInAll(nodes, schema);
  return obstacle === undefined ? { schema, within } : { obstacle };
}

function obstacleInAll(nodes: readonly JsonObject[], root: JsonObject): string | undefined {
  const isBare = ({ schema, at }: { schema: Json; at: Path }) =>
    !isJsonObject(schema) && at[0] !== "additionalProperties";
  if ([root, ...nodes].some((node) => subschemas(node, []).some(isBare))) return "a schema that is no object";
  const size = writtenSize(root);
  if (size === undefined) return "recursion";
  if (size > MOST_WRITTEN) return `over ${MOST_WRITTEN} schemas, with those that are referred to in each place`;
  const { optional, unions } = countIn(nodes);
  if (optional > MOST_OPTIONAL) return `over ${MOST_OPTIONAL} optional properties`;
  return unions > MOST_UNIONS ? `over ${MOST_UNIONS} alternatives` : undefined;
}

/** What the API counts of a schema, and of all in a request together. */
export function complexityOf(schema: JsonObject) {
  return countIn(nodesOf(schema));
}

function countIn(nodes: readonly JsonObject[]) {
  const optionalIn = ({ properties, required }: JsonObject) =>
    (isJsonObject(properties) ? Object.keys(properties).length : 0) - (isList(required) ? required.length : 0);
  const optional = nodes.reduce((sum, node) => sum + optionalIn(node), 0);
  return { optional, unions: nodes.filter(({ anyOf, type }) => anyOf !== undefined || isList(type)).length };
}

function nodesOf(schema: JsonObject): readonly JsonObject[] {
  const { $defs: _, definitions: __, ...root } = schema;
  const [, ...parts] = schemasIn(schema);
  return [root, ...parts.map((part) => part.schema)];
}

/** What one schema has that is not kept, those within it aside. */
function obstacleIn(node: JsonObject, root: JsonObject): string | undefined {
  const keys = Object.keys(node).filter((key) => !ANNOTATIONS.includes(key));
  const { $ref, anyOf, allOf, type } = node;
  if ($ref !== undefined) {
    const isPlain = Object.keys(node).length === 1 && definitionAt(root, $ref) !== undefined;
    return isPlain ? undefined : "more than a `$ref` to a definition";
  }
  const branches = anyOf ?? allOf;
  if (branches !== undefined) {
    if (keys.length > 1) return "keywords beside branches";
    // Of several that hold together it is not told what becomes; and none may be a reference.
    const hasRef = isList(branches) && isJsonObject(branches[0]) && branches[0].$ref !== undefined;
    const isClear = isList(branches) && (anyOf !== undefined || (branches.length === 1 && !hasRef));
    return isClear ? undefined : "several schemas in `allOf`";
  }
  if (isList(type)) {
    const isScalar = type.every((one) => SCALARS.some((scalar) => scalar === one));
    return isScalar && keys.length === 1 ? undefined : "several types with more than scalars";
  }
  const known = TYPES.find((name) => name === type);
  return known === undefined ? "a schema without a type" : obstacleOfType(known, node, keys);
}

function obstacleOfType(type: (typeof TYPES)[number], node: JsonObject, keys: readonly string[]): string | undefined {
  const { together, alone } = OF_TYPE[type];
  const others = keys.filter((key) => key !== "type");
  const foreign = others.find((key) => !together.includes(key) && !alone.includes(key));
  if (foreign !== undefined) return `\`${foreign}\``;
  if (type === "object") return obstacleOfObject(node);
  if (type === "array") {
    if (!isJsonObject(node.items)) return "a list without `items`";
    return [undefined, 0, 1].some((count) => count === node.minItems) ? undefined : "`minItems` above 1";
  }
  if (others.length > 1) return `\`${others.join("` beside `")}\``;
  const wrong = others.find((key) => !isKept(type, key, node[key] ?? null));
  return wrong && `a value of \`${wrong}\``;
}

function obstacleOfObject({ properties = {}, required = [], additionalProperties }: JsonObject): string | undefined {
  if (additionalProperties !== false) return "an open object";
  const names = new Set<Json>(isJsonObject(properties) ? Object.keys(properties) : []);
  const isListed = isList(required) && required.every((name) => names.has(name));
  return isListed && new Set(required).size === required.length ? undefined : "`required` of what is no property";
}

function isKept(type: string, key: string, value: Json): boolean {
  if (key === "format") return FORMATS.has(value);
  if (key === "pattern") return typeof value === "string" && isGrammarPattern(value);
  const values = key === "const" ? [value] : value;
  return isList(values) && areKept(type, values);
}

/**
 * Values of this type, told apart. The capitals of a text are not kept surely, above all behind white space ("Enum value casing" in the
 * documentation).
 */
function areKept(type: string, values: readonly Json[]): boolean {
  const texts = values.filter((value) => typeof value === "string");
  if (texts.some((text) => /\s\p{L}/u.test(text))) return false;
  const different = new Set(values.map((value) => (typeof value === "string" ? value.toLowerCase() : value)));
  return values.length > 0 && different.size === values.length && values.every((value) => isOfType(type, value));
}

function isOfType(type: string, value: Json): boolean {
  if (type === "integer") return Number.isInteger(value);
  return type === "null" ? value === null : typeof value === type;
}

/** What is left out for the CLI's tool, too: see `adaptOutputSchema`. */
function withoutMeaninglessKeywords(node: JsonObject): JsonObject {
  const isMeant = (key: string) => KEYWORDS.has(key) && !MEANINGLESS_KEYWORDS.has(key);
  const kept = mapMembers(node, (value, key) => (isMeant(key) ? value : undefined));
  return mapObjects(kept, withoutMeaninglessKeywords);
}

function withoutSafeBounds(schema: JsonObject): NativeSchema {
  let within: NativeSchema["within"] = "any";
  const strip = (node: JsonObject): JsonObject => {
    const isBound = (key: string, value: Json) => node.type === "integer" && SAFE_BOUNDS[key] === value;
    const kept = mapMembers(node, (value, key) => (isBound(key, value) ? undefined : value));
    if (kept !== node) within = "safe-integers";
    return mapObjects(kept, strip);
  };
  return { schema: strip(schema), within };
}

/**
 * How many schemas the definitions and the root have, each definition counted wherever it is referred to: so many are tried at worst where a
 * value is checked. Undefined when a definition refers to itself, however far around. All references must lead to definitions.
 */
function writtenSize(root: JsonObject): number | undefined {
  const { $defs, definitions, ...own } = root;
  const parts = new Map([["#", schemasIn(own)]]);
  for (const [holder, held] of Object.entries({ $defs, definitions }))
    for (const [name, schema] of Object.entries(isJsonObject(held) ? held : {}))
      if (isJsonObject(schema)) parts.set(pointerTo([holder, name]), schemasIn(schema));
  const references = new Map(
    [...parts].map(([place, inner]) => [place, inner.flatMap(({ schema }) => targetIn(schema))]),
  );
  const sizes = new Map<string, number>();
  for (const place of placesThatEnd(references)) {
    const referred = (references.get(place) ?? []).reduce((sum, target) => sum + (sizes.get(target) ?? 0), 0);
    sizes.set(place, (parts.get(place)?.length ?? 0) + referred);
  }
  return sizes.size < parts.size ? undefined : [...sizes.values()].reduce((a, b) => Math.max(a, b));
}

function targetIn({ $ref: ref }: JsonObject): string[] {
  const path = pathOfRef(ref);
  return path === undefined ? [] : [pointerTo(path)];
}

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
function isGrammarPattern(source: string): boolean {
  if (!SUBSET.test(source) || !isValid(source, "u")) return false;
  const counts = [...source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, least = "0", most]) => [
    least,
    most || least,
  ]);
  return counts.every((count) => Number(count) <= MOST_REPETITIONS);
}
