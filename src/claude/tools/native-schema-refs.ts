import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { subschemas } from "./output-schema-keywords.ts";
import { valueAt } from "./schema-places.ts";
import { pathOfRef } from "./schema-pointer.ts";

/** Whether a `$ref` leads to a definition at the root of its document. */
export function refersToDefinition(ref: Json, root: JsonObject): boolean {
  const path = typeof ref === "string" ? pathOfRef(ref) : undefined;
  const [holder] = path ?? [];
  const isDefinition = path?.length === 2 && (holder === "$defs" || holder === "definitions");
  return isDefinition && isJsonObject(valueAt(root, path));
}

/** Whether a definition refers to itself, however far around. All references must lead to definitions. */
export function isRecursive(root: JsonObject): boolean {
  const done = new Set<string>();
  const comesBack = (schema: Json, on: ReadonlySet<string>): boolean => {
    if (!isJsonObject(schema)) return false;
    const { $ref } = schema;
    if (typeof $ref === "string") {
      if (on.has($ref)) return true;
      if (done.has($ref)) return false;
      const target = valueAt(root, pathOfRef($ref) ?? []);
      if (target !== undefined && comesBack(target, new Set(on).add($ref))) return true;
      done.add($ref);
      return false;
    }
    return subschemas(schema, []).some((inner) => comesBack(inner.schema, on));
  };
  return comesBack(root, new Set());
}
