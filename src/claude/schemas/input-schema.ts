import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { BRANCHINGS, mergeBranches } from "./branches.ts";
import { asSchema, coerceKeywords, mendType, OF_OLDER_DRAFTS, truthOf } from "./input-schema-slips.ts";
import {
  isList,
  isSchema,
  KEYWORDS,
  mapMembers,
  mapObjects,
  mapSubschemas,
  type Path,
  subschemas,
} from "./keywords.ts";
import { isTooWide, pathOfRef, pointerTo, schemasIn, TOO_WIDE, valueAt } from "./places.ts";

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
  const isSet = (key: string) => key !== "$schema" && (!KEYWORDS.has(key) || MAY_BE_NULL.has(key));
  return mapMembers(node, (value, key) => (value !== null || isSet(key) ? value : undefined));
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
  const inner = mapObjects(node, (member) => mendRefsWithin(member, mend));
  const { $ref: ref, ...rest } = inner;
  if (ref === undefined) return inner;
  const mended = typeof ref === "string" ? mend(ref) : undefined;
  if (mended === undefined) return rest;
  return mended === ref ? inner : { ...inner, $ref: mended };
}

function refWithin(ref: string, root: JsonObject, names: ReadonlySet<string>): string | undefined {
  const path = pathOfRef(ref);
  if (path !== undefined && isSchema(valueAt(root, path))) return ref;
  if (names.has(ref) || names.has(ref.replace(/^#/, "")) || names.has(ref.split("#", 1)[0] ?? "")) return ref;
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
  const { type, ...rest } = root;
  const { properties } = rest;
  const isObject = type === undefined || (isList(type) && type.includes("object")) || isJsonObject(properties);
  // In front, as most write it.
  const typed = isObject && type !== "object" ? { type: "object", ...rest } : root;
  if (!isJsonObject(properties) || Object.values(properties).every(isJsonObject)) return typed;
  const plain = Object.entries(properties).map(([name, member]) => [name, schemaOf(member)]);
  return { ...typed, properties: Object.fromEntries(plain) };
}

function schemaOf(member: unknown): unknown {
  return member === true ? {} : member === false ? { not: {} } : member;
}

/** What a reference at the top leads to, in its place; what stands beside it counts. */
function inlined(schema: JsonObject): JsonObject {
  const layers: JsonObject[] = [];
  const seen = new Set<string>();
  let next: Json | undefined = schema;
  while (isJsonObject(next)) {
    const { $ref: ref, ...beside }: JsonObject = next;
    layers.push(beside);
    if (typeof ref !== "string" || seen.has(ref)) break;
    seen.add(ref);
    const path = pathOfRef(ref);
    next = path && path.length > 0 ? valueAt(schema, path) : undefined;
  }
  return layers.length === 1 && schema.$ref === undefined ? schema : Object.assign({}, ...layers.toReversed());
}

/** What is wrong with a schema, and where. */
export type Fault = { readonly at: Path; readonly problem: string };

/** Of these the draft says nothing, and the API takes any value. */
const NOT_CHECKED: ReadonlySet<string> = new Set(["nullable", "additionalItems", "enum"]);

/** Why the API would refuse a function's schema that has been mended; undefined when it takes it. */
export function faultOf(schema: JsonObject): Fault | undefined {
  if (schema.type !== "object") return { at: ["type"], problem: 'must be "object": the arguments of a call are one.' };
  if (isTooWide(schema)) return { at: [], problem: TOO_WIDE };
  const branching = BRANCHINGS.find((word) => schema[word] !== undefined);
  if (branching !== undefined)
    return { at: [branching], problem: "has no branch that is an object, or more branches than can be merged." };
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
