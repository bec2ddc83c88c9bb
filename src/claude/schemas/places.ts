import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList, type Path, subschemas } from "./keywords.ts";

/** Keywords whose schemas apply to the same value as the one they stand in. */
export const SAME_VALUE: ReadonlySet<string> = new Set([
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentSchemas",
  "dependencies",
]);

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
  const visit = (at: Path): void => {
    const schema = valueAt(root, at);
    const place = pointerTo(at);
    if (!isJsonObject(schema) || places.has(place)) return;
    places.set(place, schema);
    for (const inner of subschemas(schema, at)) if (SAME_VALUE.has(inner.at[at.length] ?? "")) visit(inner.at);
    const target = typeof schema.$ref === "string" ? pathOfRef(schema.$ref) : undefined;
    if (target !== undefined) visit(target);
  };
  visit([]);
  return places;
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

/** The place that a `$ref` within its document leads to by steps; undefined when it leads elsewhere, or by a name. */
export function pathOfRef(ref: string): Path | undefined {
  if (ref !== "#" && !ref.startsWith("#/")) return undefined;
  return ref
    .split("/")
    .slice(1)
    .map((step) => decodeStep(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function encodeStep(step: string): string {
  return encodeURIComponent(step.toWellFormed()).replaceAll("%24", "$");
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** The way to a place as people write it: `$.properties.user.anyOf[0]`. */
export function pathText(at: Path): string {
  const steps = at.map((step) => {
    if (/^[A-Za-z_$][\w$]*$/.test(step)) return `.${step}`;
    return /^\d+$/.test(step) ? `[${step}]` : `[${JSON.stringify(step)}]`;
  });
  return `$${steps.join("")}`;
}
