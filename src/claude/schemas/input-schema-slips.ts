import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { ANNOTATIONS, isList, isSchema, KEYWORDS, mapMembers, TYPES } from "./keywords.ts";

/** Words of older drafts as those of 2020-12. */
export const OF_OLDER_DRAFTS: readonly ((node: JsonObject) => JsonObject)[] = [
  (node) => exclusiveBound(node, "exclusiveMinimum", "minimum"),
  (node) => exclusiveBound(node, "exclusiveMaximum", "maximum"),
  tuple,
  // Names must not repeat in any draft.
  (node) => mapMembers(node, (value, word) => LISTS_OF_NAMES.get(word)?.(value) ?? value),
];

/** Draft 4 and OpenAPI 3.0: true or false, beside the bound. */
export function exclusiveBound(node: JsonObject, exclusive: string, inclusive: string): JsonObject {
  if (typeof node[exclusive] !== "boolean") return node;
  const { [exclusive]: flag, ...others } = node;
  const { [inclusive]: bound, ...rest } = others;
  return flag && typeof bound === "number" ? { ...rest, [exclusive]: bound } : others;
}

/** Before 2020-12 a list under `items` was what is `prefixItems` now, and `additionalItems` told of the rest. */
function tuple(node: JsonObject): JsonObject {
  if (!isList(node.items)) return node;
  const { items, additionalItems, ...rest } = node;
  return {
    ...(isList(items) && items.length > 0 ? { prefixItems: items } : {}),
    ...rest,
    ...(isSchema(additionalItems) ? { items: additionalItems } : {}),
  };
}

const LISTS_OF_NAMES: ReadonlyMap<string, (value: Json) => Json> = new Map([
  ["required", once],
  ["dependentRequired", eachOnce],
  ["dependencies", eachOnce],
]);

function once(names: Json): Json {
  if (!isList(names)) return names;
  const different = [...new Set(names)];
  return different.length === names.length ? names : different;
}

function eachOnce(lists: Json): Json {
  return isJsonObject(lists) ? mapMembers(lists, once) : lists;
}

/** Keywords to drop where their value makes no sense: nothing becomes valid, or invalid, by that. */
const DISPENSABLE: ReadonlySet<string> = new Set([
  ...ANNOTATIONS,
  ..."format contentEncoding contentMediaType $id $anchor $dynamicAnchor $dynamicRef $recursiveRef enum".split(" "),
]);

/** Words that are about the draft itself, which no function's schema needs, and what a validator takes there. */
const OF_THE_DRAFT: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ["$schema", (value) => typeof value === "string"],
  ["$vocabulary", (value) => isJsonObject(value) && Object.values(value).every((flag) => typeof flag === "boolean")],
  ["$recursiveAnchor", (value) => typeof value === "string" && ANCHOR.test(value)],
]);

const ADDRESS = /^[^#]*#?$/;
const ANCHOR = /^[A-Za-z_][-A-Za-z0-9._]*$/;

/**
 * A schema in which each keyword's value is of the kind that it wants, as far as it is plain what was meant: numbers and
 * truths written as texts, one where a list belongs, an empty list where PHP means an empty object. What is not plain stays.
 */
export function coerceKeywords(node: JsonObject): JsonObject {
  return mapMembers(node, (value, word) => coercedValue(word, value));
}

/** What stands where a schema belongs: the word for a type, or what the value is; nothing, which says nothing. */
export function asSchema(value: Json): Json {
  if (isSchema(value)) return value;
  if (value === null || (isList(value) && value.length === 0)) return {};
  if (typeof value !== "string") return value;
  const truth = truthOf(value);
  if (typeof truth === "boolean") return truth;
  return typeOf(value) ?? (value.trim() === "" ? {} : { description: value });
}

/** The value that a keyword was meant to have; undefined: none. */
function coercedValue(word: string, value: Json): Json | undefined {
  if (word === "type") return value;
  const keyword = KEYWORDS.get(word);
  if (keyword === undefined) return OF_THE_DRAFT.get(word)?.(value) === false ? undefined : value;
  if (keyword.accepts(value)) return isRightName(word, value) ? value : undefined;
  const other = coerceByShape(word, keyword.shape, value);
  if (other !== undefined && keyword.accepts(other)) return other;
  const saysNothing = DISPENSABLE.has(word) || (isList(value) && value.length === 0);
  return saysNothing ? undefined : value;
}

function coerceByShape(word: string, shape: string, value: Json): Json | undefined {
  if (shape === "schema") return asSchema(value);
  if (shape === "list") return isJsonObject(value) ? [value] : undefined;
  if (shape === "map") return isList(value) ? byName(value) : undefined;
  if (word === "required") return namesIn(value);
  if (word === "enum") return isJsonObject(value) ? Object.values(value) : isList(value) ? undefined : [value];
  if (word === "examples") return [value];
  if (word === "description" || word === "title") {
    if (isList(value)) return value.filter((line) => typeof line === "string").join("\n");
    return isJsonObject(value) ? undefined : String(value);
  }
  return typeof value === "string" ? (truthOf(value) ?? numberOf(value)) : undefined;
}

/** Of names that are none, those that are; an object's where it has them as keys. */
function namesIn(value: Json): Json | undefined {
  if (typeof value === "string") return [value];
  if (isList(value)) return value.filter((name) => typeof name === "string");
  return isJsonObject(value) && Object.keys(value).length === 0 ? [] : undefined;
}

/** A list of schemas of which each says its name. */
function byName(list: readonly Json[]): Json | undefined {
  const named = list.map((member): [string, Json] | undefined => {
    if (!isJsonObject(member) || typeof member.name !== "string") return undefined;
    const { name, ...schema } = member;
    return [member.name, schema];
  });
  const entries = named.filter((entry) => entry !== undefined);
  return entries.length === list.length ? Object.fromEntries(entries) : undefined;
}

/** Names that a validator stumbles on, and that nothing can refer to. */
function isRightName(word: string, value: Json): boolean {
  if (typeof value !== "string") return true;
  if (word === "$id") return ADDRESS.test(value);
  return word === "$anchor" || word === "$dynamicAnchor" ? ANCHOR.test(value) : true;
}

export function truthOf(value: Json | undefined): boolean | undefined {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  return word === "true" ? true : word === "false" ? false : undefined;
}

function numberOf(text: string): number | undefined {
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
}

/** What programs in other languages, and older drafts, call the types. */
const WORDS: ReadonlyMap<string, JsonObject> = new Map([
  ...TYPES.flatMap((type) => meaning({ type }, type)),
  ...meaning({ type: "string" }, "str", "text", "char", "varchar", "character", "password"),
  ...meaning({ type: "integer" }, "int", "int32", "int64", "long", "short", "uint", "uint32", "uint64", "bigint"),
  ...meaning({ type: "number" }, "float", "float32", "float64", "double", "decimal", "numeric", "real"),
  ...meaning({ type: "boolean" }, "bool"),
  ...meaning({ type: "object" }, "dict", "dictionary", "map", "hash", "record", "struct"),
  ...meaning({ type: "array" }, "list", "tuple", "set", "sequence"),
  ...meaning({ type: "null" }, "none", "nil", "nonetype"),
  ...["date", "time", "email", "uri", "uuid"].flatMap((format) => meaning({ type: "string", format }, format)),
  ...meaning({ type: "string", format: "date-time" }, "datetime", "date-time", "timestamp"),
  ...meaning({ type: "string", format: "uri" }, "url"),
  ...meaning({}, "", "any", "unknown", "mixed", "*", "json", "enum"),
]);

function meaning(schema: JsonObject, ...words: readonly string[]): [string, JsonObject][] {
  return words.map((word) => [word, schema]);
}

/** The longest word that is read: what is in it is looked for again and again. */
const LONGEST_WORD = 200;

/** A list of which the word says the members, too: `string[]`, `List[str]`, `Array<string>`. */
const LIST_OF = /^(?:(.+)\[\]|(?:list|array|sequence|set)\s*[[<]\s*(.+?)\s*[\]>])$/;

/** The schema that a word for a type stands for; undefined for words that nobody knows. */
function typeOf(word: string): JsonObject | undefined {
  if (word.length > LONGEST_WORD) return undefined;
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
  return meant.type === undefined ? rest : { ...meant, ...node, type: meant.type };
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
