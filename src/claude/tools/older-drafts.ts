import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList, isSchema } from "./output-schema-keywords.ts";

/** Words of older drafts as those of 2020-12. */
export const OF_OLDER_DRAFTS: readonly ((node: JsonObject) => JsonObject)[] = [
  (node) => exclusiveBound(node, "exclusiveMinimum", "minimum"),
  (node) => exclusiveBound(node, "exclusiveMaximum", "maximum"),
  tuple,
  namesOnce,
];

/** Draft 4 and OpenAPI 3.0: true or false, beside the bound. */
function exclusiveBound(node: JsonObject, exclusive: string, inclusive: string): JsonObject {
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

/** Names must not repeat in any draft. */
function namesOnce(node: JsonObject): JsonObject {
  const entries = Object.entries(node).map(([word, value]): [string, Json] => [
    word,
    LISTS_OF_NAMES.get(word)?.(value) ?? value,
  ]);
  return entries.every(([word, value]) => value === node[word]) ? node : Object.fromEntries(entries);
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
  if (!isJsonObject(lists)) return lists;
  const entries = Object.entries(lists).map(([name, list]): [string, Json] => [name, once(list)]);
  return entries.every(([name, list]) => list === lists[name]) ? lists : Object.fromEntries(entries);
}
