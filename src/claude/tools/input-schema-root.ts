import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { mergeBranches } from "./input-schema-branches.ts";
import { isList } from "./output-schema-keywords.ts";
import { valueAt } from "./schema-places.ts";
import { pathOfRef } from "./schema-pointer.ts";

/**
 * A function's arguments are an object, which the API wants said in the schema itself: also of one that says nothing, that may be null as
 * well, or that is a reference alone. The CLI takes no true or false for an argument.
 */
export function mendRoot(schema: JsonObject): JsonObject {
  const root = mergeBranches(inlined(schema));
  const { type, properties } = root;
  const isObject = type === undefined || (isList(type) && type.includes("object")) || isJsonObject(properties);
  const typed = isObject && type !== "object" ? withType(root) : root;
  if (!isJsonObject(properties) || Object.values(properties).every(isJsonObject)) return typed;
  const plain = Object.entries(properties).map(([name, member]) => [name, schemaOf(member)]);
  return { ...typed, properties: Object.fromEntries(plain) };
}

/** In front, as most write it. */
function withType({ type: _type, ...rest }: JsonObject): JsonObject {
  return { type: "object", ...rest };
}

function schemaOf(member: unknown): unknown {
  return member === true ? {} : member === false ? { not: {} } : member;
}

/** What a reference at the top leads to, in its place; what stands beside it counts. */
function inlined(schema: JsonObject, seen: ReadonlySet<string> = new Set()): JsonObject {
  const { $ref: ref, ...rest } = schema;
  if (typeof ref !== "string" || seen.has(ref)) return ref === undefined ? schema : rest;
  const path = pathOfRef(ref);
  const target = path && path.length > 0 ? valueAt(schema, path) : undefined;
  return isJsonObject(target) ? inlined({ ...target, ...rest }, new Set([...seen, ref])) : rest;
}
