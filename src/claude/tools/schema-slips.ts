import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { ANNOTATIONS, isList, isSchema, KEYWORDS } from "./output-schema-keywords.ts";
import { typeOf } from "./schema-types.ts";

/** Keywords that say nothing of what is valid where they say something that nobody understands. */
const DISPENSABLE: ReadonlySet<string> = new Set([
  ...ANNOTATIONS,
  "format",
  "contentEncoding",
  "contentMediaType",
  "$id",
  "$anchor",
  "$dynamicAnchor",
  "$dynamicRef",
  "$recursiveRef",
  "enum",
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
export function straighten(node: JsonObject): JsonObject {
  const entries = Object.entries(node).map(([word, value]): [string, Json | undefined] => [word, meant(word, value)]);
  const isSame = entries.every(([word, value]) => value === node[word]);
  if (isSame) return node;
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
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
function meant(word: string, value: Json): Json | undefined {
  if (word === "type") return value;
  const keyword = KEYWORDS.get(word);
  if (keyword === undefined) return OF_THE_DRAFT.get(word)?.(value) === false ? undefined : value;
  if (keyword.accepts(value)) return isRightName(word, value) ? value : undefined;
  const other = meantBy(word, keyword.shape, value);
  if (other !== undefined && keyword.accepts(other)) return other;
  const saysNothing = DISPENSABLE.has(word) || (isList(value) && value.length === 0);
  return saysNothing ? undefined : value;
}

function meantBy(word: string, shape: string, value: Json): Json | undefined {
  if (shape === "schema") return asSchema(value);
  if (shape === "list") return isJsonObject(value) ? [value] : undefined;
  if (shape === "map") return isList(value) ? byName(value) : undefined;
  switch (word) {
    case "required":
      return namesIn(value);
    case "enum":
      return isJsonObject(value) ? Object.values(value) : isList(value) ? undefined : [value];
    case "examples":
      return [value];
    case "description":
    case "title":
      if (isList(value)) return value.filter((line) => typeof line === "string").join("\n");
      return isJsonObject(value) ? undefined : String(value);
    default:
      return typeof value === "string" ? (truthOf(value) ?? numberOf(value)) : undefined;
  }
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
