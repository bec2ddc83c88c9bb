import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList, type Path, subschemas } from "./output-schema-keywords.ts";
import { pathOfRef, pointerTo } from "./schema-pointer.ts";

/** Keywords whose schemas apply to the same value as the one they stand in. */
const SAME_VALUE: ReadonlySet<string> = new Set([
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
export type Addressed = { readonly schema: JsonObject; readonly at: Path; readonly isOfPart: boolean };

/** The schema itself and all within it. */
export function schemasIn(root: JsonObject): readonly Addressed[] {
  const found: Addressed[] = [];
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
