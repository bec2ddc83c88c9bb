import { attempt } from "../../core/attempt.ts";
import { isJsonObject, type Json, type JsonObject, sameJson } from "../../core/json.ts";
import { BRANCHINGS } from "./branches.ts";
import {
  ANNOTATIONS,
  isList,
  isSchema,
  KEYWORDS,
  mapSubschemas,
  type Path,
  subschemas,
  UNSUPPORTED,
} from "./keywords.ts";
import { refuse, translate } from "./output-schema-translate.ts";
import { definitionAt, encodeStep, isTooWide, placesThatEnd, pointerTo, SAME_VALUE, TOO_WIDE } from "./places.ts";

/** Names of schemas. Nothing refers to them any more once each `$ref` leads from the root. */
const NAMES: ReadonlySet<string> = new Set(["$id", "$anchor", "$dynamicAnchor"]);

/**
 * A client's JSON Schema as one that the CLI compiles, and that means the same. The CLI compiles with Ajv's strict mode and
 * the words of draft 7; a schema that fails there is not reported: the model just gets no tool to answer with. Whatever has no
 * equivalent is refused here, with its place in the schema.
 */
export function adaptOutputSchema(schema: JsonObject): JsonObject {
  if (isTooWide(schema)) refuse([], TOO_WIDE);
  const targets = resolveRefs(schema);
  const adapted = adaptObject(schema, [], targets);
  checkRefs(adapted);
  return adaptRoot(adapted);
}

function adapt(schema: Json, at: Path, targets: ReadonlyMap<string, string>): Json {
  if (typeof schema === "boolean") return schema;
  if (!isJsonObject(schema)) return refuse(at, "is no schema; accepted are an object, true and false.");
  return adaptObject(schema, at, targets);
}

function adaptObject(schema: JsonObject, at: Path, targets: ReadonlyMap<string, string>): JsonObject {
  const known = Object.fromEntries(Object.entries(schema).filter(([key, value]) => isMeaningful(key, value, at)));
  const inner = mapSubschemas(known, at, (member, place) => adapt(member, place, targets));
  const target = targets.get(pointerTo(at));
  return translate(target === undefined ? inner : { ...inner, $ref: target }, at);
}

/** Whether a keyword is to be kept: one that means something to a validator or a reader, with a value of its kind. */
function isMeaningful(key: string, value: Json, at: Path): boolean {
  const instead = UNSUPPORTED.get(key);
  if (instead !== undefined) refuse([...at, key], `is not supported; accepted is ${instead}.`);
  const keyword = KEYWORDS.get(key);
  if (keyword === undefined) return false;
  if (!keyword.accepts(value)) refuse([...at, key], `must be ${keyword.expected}.`);
  return !NAMES.has(key);
}

/** What the Messages API takes as the name of a property of a tool's input; it looks at the outermost ones only. */
const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/**
 * A finished schema as the Messages API wants that of a tool's input to be on its outermost level: of type `object`, with no
 * `allOf`, `anyOf` or `oneOf`, and plain names of properties. One that is different becomes a definition, which may be so.
 */
function adaptRoot(schema: JsonObject): JsonObject {
  const root = inlined(schema);
  const types = isList(root.type) ? root.type : [root.type ?? "object"];
  if (!types.includes("object"))
    refuse(["type"], "leaves out objects; accepted is an object, which may have anything else as a property.");
  const typed = { ...root, type: "object" };
  return isPlain(typed) ? typed : asDefinition(typed);
}

function isPlain(schema: JsonObject): boolean {
  const isComposed = BRANCHINGS.some((word) => schema[word] !== undefined);
  const names = isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
  return !isComposed && names.every((name) => PROPERTY_NAME.test(name));
}

/** A schema that says nothing but which definition holds, as that definition. References lead to an end: see `checkRefs`. */
function inlined(schema: JsonObject): JsonObject {
  let root = schema;
  for (let next: JsonObject | undefined = root; next !== undefined; next = withDefinition(root)) root = next;
  return root;
}

function withDefinition(root: JsonObject): JsonObject | undefined {
  const { $ref, type, ...rest } = root;
  const { $defs, definitions, ...others } = rest;
  const target = definitionAt(root, $ref);
  if (target === undefined || !isPlain(target)) return undefined;
  if (!Object.keys(others).every((key) => ANNOTATIONS.has(key))) return undefined;
  if (type !== undefined && !sameJson(type, target.type)) return undefined;
  const { $defs: _inner, definitions: _innerToo, ...content } = target;
  return { ...content, ...rest };
}

function asDefinition(root: JsonObject): JsonObject {
  const { $defs, definitions, ...content } = root;
  const known = isJsonObject($defs) ? $defs : {};
  let name = "Output";
  while (Object.hasOwn(known, name)) name += "_";
  const pointer = pointerTo(["$defs", name]);

  /** What led to a place on the outermost level now leads to the same place in the definition. */
  const moved = (ref: string) => (/^#\/(?!\$defs\/|definitions\/)/.test(ref) ? pointer + ref.slice(1) : ref);
  const withMovedRefs = (schema: Json): Json => {
    if (!isJsonObject(schema)) return schema;
    const replaced = mapSubschemas(schema, [], withMovedRefs);
    return typeof replaced.$ref === "string" ? { ...replaced, $ref: moved(replaced.$ref) } : replaced;
  };
  const all = { ...(definitions === undefined ? {} : { definitions }), $defs: { ...known, [name]: content } };
  return { type: "object", $ref: pointer, ...mapSubschemas(all, [], withMovedRefs) };
}

/** Stands for the address of a schema that gives itself none. */
const UNNAMED = "schema://unnamed/";

const ACCEPTED = 'accepted is a way to a schema in the same document, such as "#/$defs/name"';

/** So many schemas may apply to one value, each counted by every way to it: the CLI tries them all, and does nothing else so long. */
const MOST_TRIED = 10_000;

/** What a schema is called, and where it stands. */
type Named = readonly [name: string, pointer: string];

type Ref = { readonly at: Path; readonly base: string; readonly ref: string };

/**
 * Where each `$ref` leads, by the place of the schema it stands in, and always as a way from the root: the CLI knows neither
 * anchors nor documents within a document, and takes each `$id` only once.
 */
function resolveRefs(root: JsonObject): ReadonlyMap<string, string> {
  const places = new Set<string>();
  const names: Named[] = [[UNNAMED, "#"]];
  const refs: Ref[] = [];

  const visit = (schema: Json, at: Path, outerBase: string): void => {
    const pointer = pointerTo(at);
    if (isSchema(schema)) places.add(pointer);
    if (!isJsonObject(schema)) return;
    const base = baseOf(schema, outerBase);
    if (base !== outerBase) names.push([base, pointer]);
    for (const anchor of anchorsOf(schema)) names.push([`${base}#${anchor}`, pointer]);
    if (typeof schema.$ref === "string") refs.push({ at, base, ref: schema.$ref });
    for (const inner of subschemas(schema, at)) visit(inner.schema, inner.at, base);
  };
  visit(root, [], UNNAMED);

  const named = Map.groupBy(names, ([name]) => name);
  return new Map(refs.map((ref) => [pointerTo(ref.at), targetOf(ref, named, places)]));
}

/** Refuses a `$ref` that leads, in a finished schema, to no schema, or back to itself without going into the value. */
function checkRefs(root: JsonObject): void {
  const steps = new Map<string, readonly string[]>();
  const refs: Ref[] = [];
  const visit = (schema: Json, at: Path): void => {
    if (!isJsonObject(schema)) {
      steps.set(pointerTo(at), []);
      return;
    }
    const inner = subschemas(schema, at);
    const onSameValue = inner.filter((member) => SAME_VALUE.has(member.at[at.length] ?? ""));
    const target = typeof schema.$ref === "string" ? [schema.$ref] : [];
    steps.set(pointerTo(at), [...target, ...onSameValue.map((member) => pointerTo(member.at))]);
    for (const ref of target) refs.push({ at: [...at, "$ref"], base: "", ref });
    for (const member of inner) visit(member.schema, member.at);
  };
  visit(root, []);

  for (const { at, ref } of refs)
    if (!steps.has(ref)) refuse(at, "leads into a part that has no equivalent for Claude; move its target to `$defs`.");
  const ending = new Map<string, number>();
  for (const place of placesThatEnd(steps)) {
    const tried = (steps.get(place) ?? []).reduce((sum, next) => sum + (ending.get(next) ?? 0), 1);
    if (tried > MOST_TRIED)
      refuse([], `has more than ${MOST_TRIED} schemas to try on one value, by all ways of references.`);
    ending.set(place, tried);
  }
  for (const { at } of refs)
    if (!ending.has(pointerTo(at.slice(0, -1)))) refuse(at, "leads back to itself without end.");
}

function targetOf({ at, base, ref }: Ref, named: ReadonlyMap<string, readonly Named[]>, places: ReadonlySet<string>) {
  const [address = "", fragment = ""] = (URL.parse(ref, base)?.href ?? "").split("#");
  const isPointer = fragment === "" || fragment.startsWith("/");
  const [start, other] = named.get(isPointer ? address : `${address}#${fragment}`) ?? [];
  if (start === undefined) refuse([...at, "$ref"], `leads out of the document, or nowhere; ${ACCEPTED}.`);
  if (other !== undefined) refuse([...at, "$ref"], "leads to a name that several schemas have.");
  const target = isPointer ? start[1] + canonicalFragment(fragment) : start[1];
  if (!places.has(target)) refuse([...at, "$ref"], `leads to a place where no schema stands; ${ACCEPTED}.`);
  return target;
}

/** The address by which the schemas within this one resolve theirs. */
function baseOf({ $id }: JsonObject, outer: string): string {
  if (typeof $id !== "string") return outer;
  return (URL.parse($id, outer)?.href ?? outer).split("#")[0] ?? outer;
}

/** The names of a schema within its document; before draft 2019-09 an `$id` could be one. */
function anchorsOf({ $id, $anchor, $dynamicAnchor }: JsonObject): string[] {
  const fromId = typeof $id === "string" ? $id.split("#")[1] : undefined;
  return [fromId, $anchor, $dynamicAnchor].filter((name) => typeof name === "string" && name !== "").map(String);
}

function canonicalFragment(fragment: string): string {
  const steps = attempt(() => fragment.split("/").map((step) => encodeStep(decodeURIComponent(step))));
  return steps?.join("/") ?? fragment;
}
