import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { isSchema, mapSubschemas } from "./output-schema-keywords.ts";
import { schemasIn, valueAt } from "./schema-places.ts";
import { pathOfRef, pointerTo } from "./schema-pointer.ts";

/** Where named schemas stand, today and before. */
const SHELVES = ["$defs", "definitions"] as const;

/**
 * The schema with references that lead to one within it, or none: one that leads elsewhere tells the model nothing. A name that stands
 * alone, or behind another way, is looked for where named schemas stand.
 */
export function mendRefs(root: JsonObject): JsonObject {
  const all = schemasIn(root);
  if (all.every(({ schema }) => schema.$ref === undefined)) return root;
  const names = new Set(all.flatMap(({ schema }) => namesOf(schema)));
  return mendWithin(root, (ref) => refWithin(ref, root, names));
}

function mendWithin(node: JsonObject, mend: (ref: string) => string | undefined): JsonObject {
  const inner = mapSubschemas(node, [], (member) => (isJsonObject(member) ? mendWithin(member, mend) : member));
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
  const shelf = SHELVES.find((word) => isSchema(valueAt(root, [word, name])));
  return shelf && pointerTo([shelf, name]);
}

/** By which a reference can lead to a schema otherwise. */
function namesOf({ $id, $anchor, $dynamicAnchor }: JsonObject): string[] {
  return [$id, $anchor, $dynamicAnchor].filter((name) => typeof name === "string" && name !== "").map(String);
}
