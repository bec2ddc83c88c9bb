import { attempt } from "../../core/attempt.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList, type Path, subschemas } from "./keywords.ts";

/** Keywords whose schemas apply to the same value as the one they stand in. */
export const SAME_VALUE: ReadonlySet<string> = new Set(
  "allOf anyOf oneOf not if then else dependentSchemas dependencies".split(" "),
);

/** Keywords whose schemas apply to nothing until something refers to them. */
const NO_VALUE: ReadonlySet<string> = new Set(["$defs", "definitions"]);

/** `isOfPart`: it applies to a part of the value that the schema around it speaks of. */
export type PlacedSchema = { readonly schema: JsonObject; readonly at: Path; readonly isOfPart: boolean };

/** The schema itself and all within it. */
export function schemasIn(root: JsonObject): readonly PlacedSchema[] {
  const found: PlacedSchema[] = [];
  const visit = (schema: Json, at: Path, isOfPart: boolean): void => {
    if (!isJsonObject(schema)) return;
    found.push({ schema, at, isOfPart });
    for (const inner of subschemas(schema, at)) {
      const keyword = inner.at[at.length] ?? "";
      visit(inner.schema, inner.at, !SAME_VALUE.has(keyword) && !NO_VALUE.has(keyword));
    }
  };
  visit(root, [], false);
  return found;
}

/** The schemas that apply to the whole value, by their places: the root, its branches, and whatever those refer to. */
export function placesOfSameValue(root: JsonObject): ReadonlyMap<string, JsonObject> {
  const places = new Map<string, JsonObject>();
  const open: Path[] = [[]];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const schema = valueAt(root, at);
    const place = pointerTo(at);
    if (!isJsonObject(schema) || places.has(place)) continue;
    places.set(place, schema);
    const target = pathOfRef(schema.$ref);
    if (target !== undefined) open.push(target);
    const depth = at.length;
    const branches = subschemas(schema, at).filter((inner) => SAME_VALUE.has(inner.at[depth] ?? ""));
    open.push(...branches.map((inner) => inner.at).toReversed());
  }
  return places;
}

/**
 * The places, each behind those that its steps lead to. Missing are those from which one can walk for ever: what is left when those are
 * taken away, again and again, that lead no further.
 */
export function placesThatEnd(steps: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const open = new Map([...steps].map(([place, next]) => [place, next.length]));
  const ways = [...steps].flatMap(([from, next]) => next.map((to) => ({ from, to })));
  const comingFrom = Map.groupBy(ways, ({ to }) => to);
  const ended = [...open].filter(([, count]) => count === 0).map(([place]) => place);
  // The list grows while it is walked.
  for (const place of ended) {
    for (const { from } of comingFrom.get(place) ?? []) {
      const left = (open.get(from) ?? 0) - 1;
      open.set(from, left);
      if (left === 0) ended.push(from);
    }
  }
  return ended;
}

/** So many characters the places of a schema's parts may have together: as many as all that a model can be told. */
const MOST_OF_PLACES = 4_000_000;

export const TOO_WIDE = `is too large: the ways to its parts have more than ${MOST_OF_PLACES} characters together.`;

/** Whether the places of all its parts, each written from the root, are too much to keep: long names stand in the place of each part below them. */
export function isTooWide(root: JsonObject): boolean {
  let left = MOST_OF_PLACES;
  const visit = (schema: Json, length: number): void => {
    left -= length;
    if (left < 0 || !isJsonObject(schema)) return;
    for (const inner of subschemas(schema, []))
      visit(
        inner.schema,
        inner.at.reduce((sum, step) => sum + step.length + 1, length),
      );
  };
  visit(root, 1);
  return left < 0;
}

export function valueAt(root: JsonObject, at: Path): Json | undefined {
  return at.reduce<Json | undefined>((value, step) => {
    if (isList(value)) return value[Number(step)];
    return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
}

/** A place as a `$ref` says it: `#/$defs/name`. */
export function pointerTo(at: Path): string {
  return ["#", ...at.map((step) => encodeStep(step.replaceAll("~", "~0").replaceAll("/", "~1")))].join("/");
}

/** The definition at the root of its document that a `$ref` leads to; undefined when it leads elsewhere. */
export function definitionAt(root: JsonObject, ref: Json | undefined): JsonObject | undefined {
  const path = pathOfRef(ref) ?? [];
  const isDefinition = path.length === 2 && (path[0] === "$defs" || path[0] === "definitions");
  const target = isDefinition ? valueAt(root, path) : undefined;
  return isJsonObject(target) ? target : undefined;
}

/** The place that a `$ref` within its document leads to by steps; undefined when it leads elsewhere, by a name, or is none. */
export function pathOfRef(ref: Json | undefined): Path | undefined {
  if (typeof ref !== "string" || (ref !== "#" && !ref.startsWith("#/"))) return undefined;
  return ref
    .split("/")
    .slice(1)
    .map((step) => (attempt(() => decodeURIComponent(step)) ?? step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function encodeStep(step: string): string {
  return encodeURIComponent(step.toWellFormed()).replaceAll("%24", "$");
}

/** The way to a place as people write it: `$.properties.user.anyOf[0]`. */
export function pathText(at: Path): string {
  const steps = at.map((step) => {
    if (/^[A-Za-z_$][\w$]*$/.test(step)) return `.${step}`;
    return /^\d+$/.test(step) ? `[${step}]` : `[${JSON.stringify(step)}]`;
  });
  return `$${steps.join("")}`;
}
