import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";

/** What a keyword's value holds: data, one schema, a list or a map of schemas, or a map of schemas and lists of names. */
type Shape = "data" | "schema" | "list" | "map" | "dependencies";

type Keyword = {
  readonly shape: Shape;
  /** Whether a value is of the kind that the keyword wants; what stands deeper in it is judged there. */
  readonly accepts: (value: Json) => boolean;
  readonly expected: string;
};

/** Where something stands in a schema: the keys and indexes that lead to it. */
export type Path = readonly string[];

export const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"] as const;

/** Keywords for readers; no validator goes by them. */
export const ANNOTATIONS: ReadonlySet<string> = new Set(
  "$comment title description default deprecated readOnly writeOnly examples".split(" "),
);

export const isSchema = (value: Json | undefined): value is JsonObject | boolean =>
  typeof value === "boolean" || isJsonObject(value);
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isString = (value: Json) => typeof value === "string";
const isBoolean = (value: Json) => typeof value === "boolean";
const isNumber = (value: Json) => typeof value === "number";
const isCount = (value: Json) => Number.isInteger(value) && Number(value) >= 0;
const isNames = (value: Json): boolean => isList(value) && value.every(isString);
const isType = (value: Json) => TYPES.some((type) => type === value);
const everyMember = (value: Json, accepts: (member: Json) => boolean) =>
  isJsonObject(value) && Object.values(value).every(accepts);

const keyword = (shape: Shape, expected: string, accepts: Keyword["accepts"]): Keyword => ({
  shape,
  accepts,
  expected,
});
const data = (expected: string, accepts: Keyword["accepts"]) => keyword("data", expected, accepts);

const anything = data("anything", () => true);
const text = data("a string", isString);
const flag = data("true or false", isBoolean);
const number = data("a number", isNumber);
const count = data("a whole number of 0 or more", isCount);
const bound = data("a number", (value) => isNumber(value) || isBoolean(value));
const schema = keyword("schema", "a schema", isSchema);
const schemas = keyword("list", "a list of one or more schemas", (value) => isList(value) && value.length > 0);
const map = keyword("map", "an object of schemas", isJsonObject);

const all = (keyword: Keyword, ...names: readonly string[]) => names.map((name): [string, Keyword] => [name, keyword]);

/**
 * Every keyword that means something to us; all others mean nothing to a validator, and the CLI compiles no schema of structured output
 * that has them. Some that stand here the CLI does not know either: `output-schema-translate.ts` puts others in their place.
 */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ...all(text, ...ANNOTATIONS, "pattern", "format", "contentEncoding", "contentMediaType"),
  ...all(text, "$id", "$anchor", "$dynamicAnchor", "$ref", "$dynamicRef", "$recursiveRef"),
  ...all(anything, "default", "const"),
  ...all(flag, "deprecated", "readOnly", "writeOnly", "nullable", "uniqueItems"),
  ...all(number, "minimum", "maximum"),
  ...all(bound, "exclusiveMinimum", "exclusiveMaximum"),
  ...all(count, "minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"),
  ...all(count, "minProperties", "maxProperties"),
  ...all(schema, "not", "if", "then", "else", "contentSchema", "propertyNames", "contains", "additionalItems"),
  ...all(schema, "additionalProperties", "unevaluatedProperties", "unevaluatedItems"),
  ...all(schemas, "allOf", "anyOf", "oneOf", "prefixItems"),
  ...all(map, "$defs", "definitions", "properties", "patternProperties", "dependentSchemas"),
  ["examples", data("a list", isList)],
  [
    "type",
    data(`one of ${TYPES.join(", ")}, or a list of those`, (value) =>
      isList(value) ? value.length > 0 && value.every(isType) : isType(value),
    ),
  ],
  ["enum", data("a list of one or more values", (value) => isList(value) && value.length > 0)],
  ["multipleOf", data("a number above 0", (value) => isNumber(value) && Number(value) > 0)],
  ["items", { ...schema, accepts: (value) => isSchema(value) || schemas.accepts(value) }],
  ["required", data("a list of property names, beside `properties`", isNames)],
  ["dependentRequired", data("an object of lists of property names", (value) => everyMember(value, isNames))],
  [
    "dependencies",
    keyword("dependencies", "an object of schemas and lists of property names", (value) =>
      everyMember(value, (member) => isNames(member) || isSchema(member)),
    ),
  ],
]);

/** Keywords that change what is valid, which the CLI does not know and nothing else says; and what comes nearest. */
export const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ["$dynamicRef", "`$ref`"],
  ["$recursiveRef", "`$ref`"],
  ["unevaluatedItems", "`items` or `maxItems`"],
]);

/** The object with each member as `change` makes it, without those of which it makes nothing; itself where none is another then. */
export function mapMembers(node: JsonObject, change: (value: Json, name: string) => Json | undefined): JsonObject {
  const entries = Object.entries(node).map(([name, value]) => [name, change(value, name)] as const);
  if (entries.every(([name, value]) => value === node[name])) return node;
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** The schema with each schema directly within it replaced; what is not of its keyword's shape stays. */
export function mapSubschemas(node: JsonObject, at: Path, replace: (schema: Json, at: Path) => Json): JsonObject {
  return mapMembers(node, (value, key) => {
    const shape = KEYWORDS.get(key)?.shape ?? "data";
    return shape === "data" ? value : mapValue(shape, value, [...at, key], replace);
  });
}

/** The same of those that are no true or false. */
export function mapObjects(node: JsonObject, replace: (schema: JsonObject) => Json): JsonObject {
  return mapSubschemas(node, [], (schema) => (isJsonObject(schema) ? replace(schema) : schema));
}

function mapValue(shape: Shape, value: Json, at: Path, replace: (schema: Json, at: Path) => Json): Json {
  // `items` holds a schema, and in older drafts a list of them.
  if (shape === "list" || (shape === "schema" && isList(value)))
    return isList(value) ? value.map((member, index) => replace(member, [...at, String(index)])) : value;
  if (shape === "schema") return replace(value, at);
  if (!isJsonObject(value)) return value;
  const isListOfNames = (member: Json) => shape === "dependencies" && isList(member);
  return mapMembers(value, (member, name) => (isListOfNames(member) ? member : replace(member, [...at, name])));
}

/** The schemas directly within a schema, and where they stand. Each tool of each request is gone through by it several times. */
export function subschemas(node: JsonObject, at: Path): { readonly schema: Json; readonly at: Path }[] {
  const found: { readonly schema: Json; readonly at: Path }[] = [];
  for (const key of Object.keys(node)) {
    const shape = KEYWORDS.get(key)?.shape ?? "data";
    if (shape === "data") continue;
    mapValue(shape, node[key] ?? null, [...at, key], (schema, place) => {
      found.push({ schema, at: place });
      return schema;
    });
  }
  return found;
}
