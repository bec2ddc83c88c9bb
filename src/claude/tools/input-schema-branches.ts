import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList } from "./output-schema-keywords.ts";
import { valueAt } from "./schema-places.ts";
import { pathOfRef } from "./schema-pointer.ts";

/** What the API takes anywhere but at the top. */
export const BRANCHINGS = ["allOf", "anyOf", "oneOf"] as const;

/** What a schema says of an object's properties, its branches included. */
type Shape = { readonly properties: ReadonlyMap<string, readonly Json[]>; readonly required: ReadonlySet<string> };

/**
 * The schema without branches at its top: with the properties of all of them, and those required that are so in any case. What
 * gets lost by that, that some belong together, its description says.
 */
export function mergeBranches(root: JsonObject): JsonObject {
  if (BRANCHINGS.every((word) => root[word] === undefined)) return root;
  if (!mayBeObject(root, root)) return root;
  const { allOf: _all, anyOf: _any, oneOf: _one, ...rest } = root;
  const { properties, required } = shapeOf(root, root, new Set());
  const notes = [noteOn("anyOf", "at least", root), noteOn("oneOf", "exactly", root)];
  const texts = [root.description, ...notes].filter((text) => typeof text === "string" && text !== "");
  return {
    ...rest,
    ...(texts.length === 0 ? {} : { description: texts.join("\n\n") }),
    properties: Object.fromEntries([...properties].map(([name, schemas]) => [name, oneOf(schemas)])),
    ...(required.size === 0 ? {} : { required: [...required] }),
  };
}

function shapeOf(node: JsonObject, root: JsonObject, seen: ReadonlySet<JsonObject>): Shape {
  const properties = new Map<string, readonly Json[]>();
  const add = (name: string, schemas: readonly Json[]) =>
    properties.set(name, [...(properties.get(name) ?? []), ...schemas]);
  const own = isJsonObject(node.properties) ? node.properties : {};
  for (const [name, schema] of Object.entries(own)) add(name, [schema]);
  const required = new Set(namesIn(node.required));
  for (const word of BRANCHINGS) {
    const shapes = objectsIn(node[word], root, seen).map((branch) => shapeOf(branch, root, new Set([...seen, branch])));
    for (const shape of shapes) for (const [name, schemas] of shape.properties) add(name, schemas);
    for (const name of alwaysRequired(word, shapes)) required.add(name);
  }
  return { properties, required };
}

function alwaysRequired(word: string, shapes: readonly Shape[]): string[] {
  const all = [...new Set(shapes.flatMap(({ required }) => [...required]))];
  return word === "allOf" ? all : all.filter((name) => shapes.every(({ required }) => required.has(name)));
}

/** The branches that an object can satisfy, references followed; none twice, since one may lead back. */
function objectsIn(branches: Json | undefined, root: JsonObject, seen: ReadonlySet<JsonObject>): JsonObject[] {
  const found = (isList(branches) ? branches : []).map((branch) => followed(branch, root));
  return found
    .filter((branch) => branch !== undefined)
    .filter((branch) => !seen.has(branch) && mayBeObject(branch, root));
}

function followed(branch: Json, root: JsonObject, left = 10): JsonObject | undefined {
  if (!isJsonObject(branch)) return undefined;
  const path = typeof branch.$ref === "string" ? pathOfRef(branch.$ref) : undefined;
  const target = path && valueAt(root, path);
  return target === undefined || left === 0 ? branch : followed(target, root, left - 1);
}

function mayBeObject(node: JsonObject, root: JsonObject): boolean {
  const { type, anyOf = node.oneOf } = node;
  if (type !== undefined) return type === "object" || (isList(type) && type.includes("object"));
  if (isJsonObject(node.properties) || !isList(anyOf)) return true;
  return anyOf.some((branch) => isJsonObject(branch) && typeOfBranch(branch, root) !== "other");
}

function typeOfBranch(branch: JsonObject, root: JsonObject): "object" | "other" {
  const type = followed(branch, root)?.type;
  return type === undefined || type === "object" || (isList(type) && type.includes("object")) ? "object" : "other";
}

/** Any of different ones. */
function oneOf(schemas: readonly Json[]): Json {
  const different = [...new Map(schemas.map((schema) => [canonicalJson(schema), schema])).values()];
  const [only = {}] = different;
  return different.length === 1 ? only : { anyOf: different };
}

function noteOn(word: "anyOf" | "oneOf", howMany: string, root: JsonObject): string | undefined {
  const groups = objectsIn(root[word], root, new Set()).map((branch) => {
    const names = namesIn(branch.required);
    return (names.length > 0 ? names : Object.keys(isJsonObject(branch.properties) ? branch.properties : {})).join(
      ", ",
    );
  });
  const different = [...new Set(groups.filter((group) => group !== ""))];
  if (different.length < 2) return undefined;
  return `Give the arguments of ${howMany} one of these groups: ${different.map((group) => `(${group})`).join(" or ")}.`;
}

function namesIn(required: Json | undefined): string[] {
  return isList(required) ? required.filter((name) => typeof name === "string") : [];
}
