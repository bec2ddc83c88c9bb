import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { asSchema, coerceKeywords, mendType, OF_OLDER_DRAFTS, truthOf } from "./input-schema-slips.ts";
import { isList, isSchema, KEYWORDS, mapSubschemas, type Path, subschemas } from "./keywords.ts";
import { pathOfRef, pointerTo, schemasIn, valueAt } from "./places.ts";

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
  const mendings = [dropNulls, ...(isChecked(schema) ? OF_OLDER_DRAFTS : []), liftRequired, coerceKeywords, mendType];
  return mendRoot(mendRefs(mendWithin(schema, mendings)));
}

/** Whether the API checks the schema by the draft that we go by, too. */
function isChecked({ $schema: draft }: JsonObject): boolean {
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

/** Where named schemas stand, today and before. */
const DEFINITION_KEYWORDS = ["$defs", "definitions"] as const;

/**
 * The schema with references that lead to a place within it. One that leads elsewhere tells the model nothing, and is dropped, unless its
 * name is that of a definition.
 */
function mendRefs(root: JsonObject): JsonObject {
  const all = schemasIn(root);
  if (all.every(({ schema }) => schema.$ref === undefined)) return root;
  const names = new Set(all.flatMap(({ schema }) => namesOf(schema)));
  return mendRefsWithin(root, (ref) => refWithin(ref, root, names));
}

function mendRefsWithin(node: JsonObject, mend: (ref: string) => string | undefined): JsonObject {
  const inner = mapSubschemas(node, [], (member) => (isJsonObject(member) ? mendRefsWithin(member, mend) : member));
  const { $ref: ref, ...rest } = inner;
  if (ref === undefined) return inner;
  const mended = typeof ref === "string" ? mend(ref) : undefined;
  if (mended === undefined) return rest;
  return mended === ref ? inner : { ...inner, $ref: mended };
}

function refWithin(ref: string, root: JsonObject, names: ReadonlySet<string>): string | undefined {
  const path = pathOfRef(ref);
  if (path !== undefined && isSchema(valueAt(root, path))) return ref;
  if (names.has(ref) || names.has(ref.replace(/^#/, "")) || names.has(ref.replace(/#.*$/, ""))) return ref;
  const name = path?.at(-1) ?? ref.split(/[/#]/).at(-1) ?? "";
  const keyword = DEFINITION_KEYWORDS.find((word) => isSchema(valueAt(root, [word, name])));
  return keyword && pointerTo([keyword, name]);
}

/** By which a reference can lead to a schema otherwise. */
function namesOf({ $id, $anchor, $dynamicAnchor }: JsonObject): string[] {
  return [$id, $anchor, $dynamicAnchor].filter((name) => typeof name === "string" && name !== "").map(String);
}

/**
 * A function's arguments are an object, which the API wants said in the schema itself: also of one that says nothing, that may be null as
 * well, or that is a reference alone. The CLI takes no true or false for an argument.
 */
function mendRoot(schema: JsonObject): JsonObject {
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

/** What the API takes anywhere but at the top. */
const BRANCHINGS = ["allOf", "anyOf", "oneOf"] as const;

/** What a schema says of an object's properties, its branches included. */
type Shape = { readonly properties: ReadonlyMap<string, readonly Json[]>; readonly required: ReadonlySet<string> };

/**
 * The schema without branches at its top. It has the properties of all branches, and requires those that each way requires. Which of them
 * belong together is lost by that, and said in the description.
 */
function mergeBranches(root: JsonObject): JsonObject {
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

/** What is wrong with a schema, and where. */
export type Fault = { readonly at: Path; readonly problem: string };

/** Of these the draft says nothing, and the API takes any value. */
const NOT_CHECKED: ReadonlySet<string> = new Set(["nullable", "additionalItems", "enum"]);

/** Why the API would refuse a function's schema that has been mended; undefined when it takes it. */
export function faultOf(schema: JsonObject): Fault | undefined {
  if (schema.type !== "object") return { at: ["type"], problem: 'must be "object": the arguments of a call are one.' };
  const branching = BRANCHINGS.find((word) => schema[word] !== undefined);
  if (branching !== undefined) return { at: [branching], problem: "has no branch that is an object." };
  return faultWithin(schema, [], isChecked(schema));
}

function faultWithin(schema: Json, at: Path, checked: boolean): Fault | undefined {
  if (!isSchema(schema)) return { at, problem: "is no schema; accepted are an object, true and false." };
  if (!isJsonObject(schema)) return undefined;
  for (const [word, value] of Object.entries(schema)) {
    const expected = expectedOf(word, value, checked);
    if (expected !== undefined) return { at: [...at, word], problem: `must be ${expected}.` };
  }
  for (const inner of subschemas(schema, at)) {
    const fault = faultWithin(inner.schema, inner.at, checked);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What a keyword wants instead of this value; undefined when it takes it. */
function expectedOf(word: string, value: Json, checked: boolean): string | undefined {
  const keyword = KEYWORDS.get(word);
  if (keyword === undefined || NOT_CHECKED.has(word)) return undefined;
  const isOldBound = checked && word.startsWith("exclusive") && typeof value === "boolean";
  return keyword.accepts(value) && !isOldBound ? undefined : keyword.expected;
}
