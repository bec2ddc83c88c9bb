import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isGrammarPattern } from "./native-schema-pattern.ts";
import { isRecursive, refersToDefinition } from "./native-schema-refs.ts";
import { isList, KEYWORDS, mapSubschemas, type Path, TYPES } from "./output-schema-keywords.ts";

// What the API compiles into a grammar that answers cannot leave: a part of JSON Schema, by Anthropic's "Structured outputs", "JSON
// Schema limitations" (https://platform.claude.com/docs/en/build-with-claude/structured-outputs, as of 2026-09-26), read narrowly. Where
// it leaves open whether each of two keywords in one place is kept, neither is taken to be.

/** Words for readers that stand beside any type. */
const ANNOTATIONS = ["title", "description", "default"];
const SCALARS: readonly string[] = ["boolean", "integer", "null", "number", "string"];
/** What is kept of a type: all of it together, or of what limits a scalar one alone. */
type Kept = { readonly together: readonly string[]; readonly alone: readonly string[] };
const OF_TYPE: Readonly<Record<(typeof TYPES)[number], Kept>> = {
  object: { together: ["properties", "required", "additionalProperties"], alone: [] },
  array: { together: ["items", "minItems"], alone: [] },
  string: { together: [], alone: ["enum", "const", "format", "pattern"] },
  boolean: { together: [], alone: ["enum", "const"] },
  integer: { together: [], alone: ["enum", "const"] },
  null: { together: [], alone: ["enum", "const"] },
  number: { together: [], alone: ["enum", "const"] },
};
const FORMATS: ReadonlySet<Json> = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "uri",
  "ipv4",
  "ipv6",
  "uuid",
]);
/** The API's own limits, over the whole schema. */
const MOST_OPTIONAL = 24;
const MOST_UNIONS = 16;
/** Words of a draft, and for the authors of schemas, which say nothing of what is valid. */
const IDLE: ReadonlySet<string> = new Set(["$comment", "$schema"]);
/** Within these, which some libraries write for every integer, each whole number stays the same as it is read. */
const SAFE_BOUNDS: Readonly<Record<string, number>> = {
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};

/** `within`: the schema also keeps whole numbers within those that are read exactly, which the API does not see to. */
export type NativeSchema = { readonly schema: JsonObject; readonly within: "any" | "safe-integers" };

/** Where a schema says something that the API's grammars do not keep, and what. */
export type Obstacle = { readonly at: Path; readonly problem: string };

/**
 * A client's schema as the API keeps it, or what stands in the way. It stays as it is, but for words that mean nothing to anybody. The
 * root is an object, as it is everywhere here.
 */
export function nativeSchema(client: JsonObject): NativeSchema | Obstacle {
  const known = withoutIdleWords(client);
  const { schema, within } = withoutSafeBounds(known);
  if (schema.type !== "object") return { at: ["type"], problem: "is not `object`" };
  const { $defs, definitions, ...root } = schema;
  const tally = { optional: 0, unions: 0 };
  const parts = [...definitionsIn({ $defs }), ...definitionsIn({ definitions }), { node: root, at: [] }];
  for (const { node, at } of parts) {
    const obstacle = obstacleIn(node, at, schema, tally);
    if (obstacle !== undefined) return obstacle;
  }
  if (isRecursive(schema)) return { at: [], problem: "is recursive" };
  if (tally.optional > MOST_OPTIONAL) return { at: [], problem: `has more than ${MOST_OPTIONAL} optional properties` };
  if (tally.unions > MOST_UNIONS) return { at: [], problem: `has more than ${MOST_UNIONS} alternatives` };
  return { schema, within };
}

type Tally = { optional: number; unions: number };

function obstacleIn(node: Json, at: Path, root: JsonObject, tally: Tally): Obstacle | undefined {
  if (!isJsonObject(node)) return { at, problem: "is no object" };
  const keys = Object.keys(node).filter((key) => !ANNOTATIONS.includes(key));
  const alone = keys.length === 1 ? keys[0] : undefined;
  if (node.$ref !== undefined) {
    const isPlain = Object.keys(node).length === 1 && refersToDefinition(node.$ref, root);
    return isPlain ? undefined : { at: [...at, "$ref"], problem: "is more than a reference to a definition" };
  }
  if (node.anyOf !== undefined || node.allOf !== undefined) {
    if (alone === undefined) return { at, problem: "has other keywords beside its branches" };
    if (alone === "anyOf") tally.unions++;
    // Of several that hold together it is not told what becomes; and none may be a reference.
    const branches = isList(node[alone]) ? node[alone] : [];
    const isClear = alone === "anyOf" ? branches.length > 0 : branches.length === 1 && !hasRef(branches[0]);
    if (!isClear) return { at: [...at, alone], problem: "joins schemas" };
    return firstObstacle(
      branches.map((branch, index) => [branch, [...at, alone, String(index)]]),
      root,
      tally,
    );
  }
  if (isList(node.type)) {
    tally.unions++;
    const isScalar = node.type.every((type) => SCALARS.some((scalar) => scalar === type));
    return alone === "type" && isScalar ? undefined : { at: [...at, "type"], problem: "is a list" };
  }
  return obstacleOfType(node, keys, at, root, tally);
}

function obstacleOfType(node: JsonObject, keys: readonly string[], at: Path, root: JsonObject, tally: Tally) {
  const type = TYPES.find((name) => name === node.type);
  if (type === undefined) return { at, problem: "has no type" };
  const { together, alone } = OF_TYPE[type];
  const others = keys.filter((key) => key !== "type");
  const foreign = others.find((key) => !together.includes(key) && !alone.includes(key));
  if (foreign !== undefined) return { at: [...at, foreign], problem: "is not kept" };
  if (alone.length > 0 && others.length > 1) return { at, problem: `has ${others.join(" and ")}` };
  if (type === "object") return obstacleInObject(node, at, root, tally);
  if (type === "array") {
    if (![undefined, 0, 1].some((count) => count === node.minItems))
      return { at: [...at, "minItems"], problem: "is more than 1" };
    return node.items === undefined
      ? { at, problem: "has no items" }
      : obstacleIn(node.items, [...at, "items"], root, tally);
  }
  const wrong = others.find((key) => !isKept(type, key, node[key] ?? null));
  return wrong === undefined ? undefined : { at: [...at, wrong], problem: "is not kept" };
}

function obstacleInObject(node: JsonObject, at: Path, root: JsonObject, tally: Tally): Obstacle | undefined {
  const { properties = {}, required = [], additionalProperties } = node;
  if (additionalProperties !== false) return { at: [...at, "additionalProperties"], problem: "is not false" };
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  const isListed = isList(required) && required.every((name) => names.some((known) => known === name));
  if (!isJsonObject(properties) || !isListed || new Set(required).size !== required.length)
    return { at: [...at, "required"], problem: "names what is no property" };
  tally.optional += names.length - required.length;
  const inner = Object.entries(properties).map(([name, schema]) => [schema, [...at, "properties", name]] as const);
  return firstObstacle(inner, root, tally);
}

function firstObstacle(
  parts: readonly (readonly [Json, Path])[],
  root: JsonObject,
  tally: Tally,
): Obstacle | undefined {
  for (const [node, at] of parts) {
    const obstacle = obstacleIn(node, at, root, tally);
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

function isKept(type: string, key: string, value: Json): boolean {
  switch (key) {
    case "format":
      return FORMATS.has(value);
    case "pattern":
      return typeof value === "string" && isGrammarPattern(value);
    case "const":
      return areKept(type, [value]);
    default:
      return isList(value) && areKept(type, value);
  }
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

function hasRef(node: Json | undefined): boolean {
  return isJsonObject(node) && node.$ref !== undefined;
}

function definitionsIn(holder: Readonly<Record<string, Json | undefined>>): { node: Json; at: Path }[] {
  return Object.entries(holder).flatMap(([key, map]) => {
    if (map === undefined) return [];
    if (!isJsonObject(map)) return [{ node: map, at: [key] }];
    return Object.entries(map).map(([name, node]) => ({ node, at: [key, name] }));
  });
}

/** What is left out for the CLI's tool, too: see `adaptOutputSchema`. */
function withoutIdleWords(node: JsonObject): JsonObject {
  const entries = Object.entries(node).filter(([key]) => KEYWORDS.has(key) && !IDLE.has(key));
  return mapSubschemas(Object.fromEntries(entries), [], (inner) =>
    isJsonObject(inner) ? withoutIdleWords(inner) : inner,
  );
}

function withoutSafeBounds(schema: JsonObject): NativeSchema {
  let within: NativeSchema["within"] = "any";
  const strip = (node: JsonObject): JsonObject => {
    const isBound = ([key, value]: [string, Json]) => node.type === "integer" && SAFE_BOUNDS[key] === value;
    const entries = Object.entries(node).filter((entry) => !isBound(entry));
    if (entries.length < Object.keys(node).length) within = "safe-integers";
    return mapSubschemas(Object.fromEntries(entries), [], (inner) => (isJsonObject(inner) ? strip(inner) : inner));
  };
  return { schema: strip(schema), within };
}
