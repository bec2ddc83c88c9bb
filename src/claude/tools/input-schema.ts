import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList, KEYWORDS, mapSubschemas } from "./output-schema-keywords.ts";

/** The one draft that the API, and the CLI before it, checks schemas by; one that declares another is not checked. */
const CHECKED_DRAFT = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** Keywords for which null is a value like others, or that the draft does not have. */
const MAY_BE_NULL: ReadonlySet<string> = new Set(["default", "const", "nullable", "additionalItems"]);

type Mending = (node: JsonObject) => JsonObject;

/**
 * A function's schema without the slips that the API refuses although their meaning is plain: keywords that are not set but null,
 * and words of older drafts that have an equal today. Whatever is valid stays as the client wrote it, and so does what is
 * wrong in any other way: the CLI leaves such a tool out, which `TurnDecoder` tells the client.
 */
export function mendInputSchema(schema: JsonObject): JsonObject {
  const { $schema: draft } = schema;
  const isChecked = typeof draft !== "string" || CHECKED_DRAFT.test(draft);
  return mendWithin(schema, isChecked ? [dropNulls, ...OF_OLDER_DRAFTS] : [dropNulls]);
}

function mendWithin(schema: JsonObject, mendings: readonly Mending[]): JsonObject {
  const inner = mapSubschemas(schema, [], (member) => (isJsonObject(member) ? mendWithin(member, mendings) : member));
  return mendings.reduce((node, mend) => mend(node), inner);
}

/** What programs write for a field that is not set. */
function dropNulls(node: JsonObject): JsonObject {
  const isUnset = ([key, value]: [string, Json]) =>
    value === null && (key === "$schema" || (KEYWORDS.has(key) && !MAY_BE_NULL.has(key)));
  const entries = Object.entries(node);
  return entries.some(isUnset) ? Object.fromEntries(entries.filter((entry) => !isUnset(entry))) : node;
}

const OF_OLDER_DRAFTS: readonly Mending[] = [
  anyType,
  (node) => exclusiveBound(node, "exclusiveMinimum", "minimum"),
  (node) => exclusiveBound(node, "exclusiveMaximum", "maximum"),
  tuple,
  requiredOnce,
];

/** Draft 3. */
function anyType(node: JsonObject): JsonObject {
  const { type, ...rest } = node;
  return type === "any" ? rest : node;
}

/** Draft 4 and OpenAPI 3.0: true or false, beside the bound. */
function exclusiveBound(node: JsonObject, exclusive: string, inclusive: string): JsonObject {
  const { [exclusive]: flag, ...others } = node;
  if (flag === false) return others;
  const { [inclusive]: bound, ...rest } = others;
  return flag === true && typeof bound === "number" ? { ...rest, [exclusive]: bound } : node;
}

/** Before 2020-12 a list under `items` was what is `prefixItems` now, and `additionalItems` told of the rest. */
function tuple(node: JsonObject): JsonObject {
  const { items, additionalItems, ...rest } = node;
  if (!isList(items) || isList(additionalItems) || "prefixItems" in node) return node;
  return {
    ...rest,
    ...(items.length === 0 ? {} : { prefixItems: items }),
    ...(additionalItems === undefined || additionalItems === null ? {} : { items: additionalItems }),
  };
}

/** Names must not repeat in any draft. */
function requiredOnce(node: JsonObject): JsonObject {
  const { required } = node;
  if (!isList(required)) return node;
  const names = [...new Set(required)];
  return names.length === required.length ? node : { ...node, required: names };
}
