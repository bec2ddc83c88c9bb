import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList, TYPES } from "./output-schema-keywords.ts";

/** What programs in other languages, and older drafts, call the types. */
const WORDS: ReadonlyMap<string, JsonObject> = new Map([
  ...TYPES.map((type): [string, JsonObject] => [type, { type }]),
  ...words("string", "str", "text", "char", "varchar", "character", "password"),
  ...words("integer", "int", "int32", "int64", "long", "short", "uint", "uint32", "uint64", "bigint"),
  ...words("number", "float", "float32", "float64", "double", "decimal", "numeric", "real"),
  ...words("boolean", "bool"),
  ...words("object", "dict", "dictionary", "map", "hash", "record", "struct"),
  ...words("array", "list", "tuple", "set", "sequence"),
  ...words("null", "none", "nil", "nonetype"),
  ...["date", "time", "email", "uri", "uuid"].map((format): [string, JsonObject] => [
    format,
    { type: "string", format },
  ]),
  ["datetime", { type: "string", format: "date-time" }],
  ["date-time", { type: "string", format: "date-time" }],
  ["timestamp", { type: "string", format: "date-time" }],
  ["url", { type: "string", format: "uri" }],
  ...["", "any", "unknown", "mixed", "*", "json", "enum"].map((word): [string, JsonObject] => [word, {}]),
]);

function words(type: string, ...others: readonly string[]): [string, JsonObject][] {
  return others.map((word) => [word, { type }]);
}

/** A list of which the word says the members, too: `string[]`, `List[str]`, `Array<string>`. */
const LIST_OF = /^(?:(.+)\[\]|(?:list|array|sequence|set)\s*[[<]\s*(.+?)\s*[\]>])$/;

/** The schema that a word for a type stands for; undefined for words that nobody knows. */
export function typeOf(word: string): JsonObject | undefined {
  const plain = word.trim().toLowerCase();
  const known = WORDS.get(plain);
  if (known !== undefined) return known;
  if (plain.includes("|")) return typesOf(plain.split("|"));
  const [, listed, inList] = LIST_OF.exec(plain) ?? [];
  const member = listed ?? inList;
  const items = member === undefined ? undefined : typeOf(member);
  return items && { type: "array", items };
}

/** With `type` in JSON Schema's words. What the words say beside a type does not override what the schema says itself. */
export function mendType(node: JsonObject): JsonObject {
  if (node.type === undefined || TYPES.some((known) => known === node.type)) return node;
  const { type, ...rest } = node;
  if (isList(type) && type.length > 0 && isPlain(type)) return node;
  const meant = typeof type === "string" ? typeOf(type) : isList(type) ? typesOf(type) : undefined;
  if (meant === undefined) return node;
  return meant.type === undefined ? rest : { ...withoutType(meant), ...node, type: meant.type };
}

function isPlain(types: readonly Json[]): boolean {
  return types.every((type) => TYPES.some((known) => known === type)) && new Set(types).size === types.length;
}

/** Any of several; those that take a schema's own words (lists of something) have no place among several. */
function typesOf(types: readonly Json[]): JsonObject | undefined {
  const meant = types.map((type) => (typeof type === "string" ? typeOf(type) : undefined));
  const names = new Set<Json>();
  for (const one of meant) {
    if (one === undefined || isJsonObject(one.items)) return undefined;
    if (one.type === undefined) return {};
    for (const name of isList(one.type) ? one.type : [one.type]) names.add(name);
  }
  return names.size === 0 ? {} : { type: [...names] };
}

function withoutType({ type: _type, ...rest }: JsonObject): JsonObject {
  return rest;
}
