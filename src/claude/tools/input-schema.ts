import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { mendRefs } from "./input-schema-refs.ts";
import { mendRoot } from "./input-schema-root.ts";
import { OF_OLDER_DRAFTS } from "./older-drafts.ts";
import { isList, KEYWORDS, mapSubschemas } from "./output-schema-keywords.ts";
import { asSchema, straighten, truthOf } from "./schema-slips.ts";
import { mendType } from "./schema-types.ts";

/** The one draft that the API checks schemas by; one that declares another is not checked. */
const CHECKED_DRAFT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** Keywords for which null is a value like others, or that the draft does not have. */
const MAY_BE_NULL: ReadonlySet<string> = new Set(["default", "const", "nullable", "additionalItems"]);

type Mending = (node: JsonObject) => JsonObject;

/**
 * A function's schema without the slips that the API refuses although their meaning is plain: keywords that are not set but null,
 * values of another kind than a keyword wants, types by the words of other languages, and words of older drafts that have an
 * equal today. Whatever is valid stays as the client wrote it, and so does what is wrong in any other way: see `faultOf`.
 */
export function mendInputSchema(schema: JsonObject): JsonObject {
  const mendings = [dropNulls, ...(isChecked(schema) ? OF_OLDER_DRAFTS : []), liftRequired, straighten, mendType];
  return mendRoot(mendRefs(mendWithin(schema, mendings)));
}

/** Whether the API checks the schema by the draft that we go by, too. */
export function isChecked({ $schema: draft }: JsonObject): boolean {
  return typeof draft !== "string" || CHECKED_DRAFT.test(draft);
}

function mendWithin(schema: JsonObject, mendings: readonly Mending[]): JsonObject {
  const mended = mendings.reduce((node, mend) => mend(node), schema);
  return mapSubschemas(mended, [], (member) => {
    const inner = asSchema(member);
    return isJsonObject(inner) ? mendWithin(inner, mendings) : inner;
  });
}

/** What programs write for a field that is not set. */
function dropNulls(node: JsonObject): JsonObject {
  if (!Object.values(node).includes(null)) return node;
  const isUnset = ([key, value]: [string, Json]) =>
    value === null && (key === "$schema" || (KEYWORDS.has(key) && !MAY_BE_NULL.has(key)));
  const entries = Object.entries(node);
  return entries.some(isUnset) ? Object.fromEntries(entries.filter((entry) => !isUnset(entry))) : node;
}

/** Draft 3 had true or false at each property, where there is a list of names beside all of them today. */
function liftRequired(node: JsonObject): JsonObject {
  if (node.required === undefined && !isJsonObject(node.properties)) return node;
  const { required, ...rest } = node;
  const properties = isJsonObject(node.properties) ? node.properties : {};
  const named = Object.entries(properties).filter(([, schema]) => truthOf(flagOf(schema)) !== undefined);
  const isOwnFlag = truthOf(required) !== undefined;
  const own = isList(required) ? required : typeof required === "string" && !isOwnFlag ? [required] : [];
  if (named.length === 0) return isOwnFlag ? rest : node;
  const needed = named.filter(([, schema]) => truthOf(flagOf(schema)) === true).map(([name]) => name);
  const names = [...new Set([...own, ...needed])];
  const cleared = Object.fromEntries(named.map(([name, schema]) => [name, withoutFlag(schema)]));
  const changed = { ...(isOwnFlag ? rest : node), properties: { ...properties, ...cleared } };
  return names.length === 0 ? changed : { ...changed, required: names };
}

function flagOf(schema: Json): Json | undefined {
  return isJsonObject(schema) ? schema.required : undefined;
}

function withoutFlag(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const { required: _flag, ...rest } = schema;
  return rest;
}
