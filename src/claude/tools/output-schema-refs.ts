import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { refuse } from "./output-schema-fault.ts";
import { isSchema, type Path, subschemas } from "./output-schema-keywords.ts";
import { encodeStep, pointerTo } from "./schema-pointer.ts";

/** Stands for the address of a schema that gives itself none. */
const UNNAMED = "schema://unnamed/";

const ACCEPTED = 'accepted is a way to a schema in the same document, such as "#/$defs/name"';

/** Keywords whose schemas apply to the same value as the one they stand in. */
const SAME_VALUE: ReadonlySet<string> = new Set([
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependencies",
]);

type Ref = { readonly at: Path; readonly base: string; readonly ref: string };

/**
 * Where each `$ref` leads, by the place of the schema it stands in, and always as a way from the root: the CLI knows neither
 * anchors nor documents within a document, and takes each `$id` only once.
 */
export function resolveRefs(root: JsonObject): ReadonlyMap<string, string> {
  const places = new Set<string>();
  const named = new Map<string, string[]>([[UNNAMED, ["#"]]]);
  const refs: Ref[] = [];

  const visit = (schema: Json, at: Path, outerBase: string): void => {
    const pointer = pointerTo(at);
    if (isSchema(schema)) places.add(pointer);
    if (!isJsonObject(schema)) return;
    const base = baseOf(schema, outerBase);
    if (base !== outerBase) add(named, base, pointer);
    for (const anchor of anchorsOf(schema)) add(named, `${base}#${anchor}`, pointer);
    if (typeof schema.$ref === "string") refs.push({ at, base, ref: schema.$ref });
    for (const inner of subschemas(schema, at)) visit(inner.schema, inner.at, base);
  };
  visit(root, [], UNNAMED);

  return new Map(refs.map((ref) => [pointerTo(ref.at), targetOf(ref, named, places)]));
}

/** Refuses a `$ref` that leads, in a finished schema, to no schema, or back to itself without going into the value. */
export function checkRefs(root: JsonObject): void {
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
  const endless = placesOnCycles(steps);
  for (const { at } of refs)
    if (endless.has(pointerTo(at.slice(0, -1)))) refuse(at, "leads back to itself without end.");
}

/** The places from which one can walk for ever: what is left when those are taken away, again and again, that lead no further. */
function placesOnCycles(steps: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const open = new Map([...steps].map(([place, next]) => [place, next.length]));
  const comingFrom = new Map<string, string[]>();
  for (const [place, next] of steps) for (const target of next) add(comingFrom, target, place);
  const done = [...open].filter(([, count]) => count === 0).map(([place]) => place);
  for (let place = done.pop(); place !== undefined; place = done.pop()) {
    open.delete(place);
    for (const from of comingFrom.get(place) ?? []) {
      const left = (open.get(from) ?? 0) - 1;
      open.set(from, left);
      if (left === 0) done.push(from);
    }
  }
  return new Set(open.keys());
}

function targetOf({ at, base, ref }: Ref, named: ReadonlyMap<string, readonly string[]>, places: ReadonlySet<string>) {
  const [address = "", fragment = ""] = (URL.parse(ref, base)?.href ?? "").split("#");
  const isPointer = fragment === "" || fragment.startsWith("/");
  const [start, other] = named.get(isPointer ? address : `${address}#${fragment}`) ?? [];
  if (start === undefined) refuse([...at, "$ref"], `leads out of the document, or nowhere; ${ACCEPTED}.`);
  if (other !== undefined) refuse([...at, "$ref"], "leads to a name that several schemas have.");
  const target = isPointer ? start + canonicalFragment(fragment) : start;
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
  return [fromId, $anchor, $dynamicAnchor].filter(
    (anchor): anchor is string => typeof anchor === "string" && anchor !== "",
  );
}

function canonicalFragment(fragment: string): string {
  try {
    return fragment
      .split("/")
      .map((step) => encodeStep(decodeURIComponent(step)))
      .join("/");
  } catch {
    return fragment;
  }
}

function add(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
