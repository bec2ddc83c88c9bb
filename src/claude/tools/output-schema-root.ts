import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { refuse } from "./output-schema-fault.ts";
import { ANNOTATIONS, isList, mapSubschemas } from "./output-schema-keywords.ts";
import { pointerTo } from "./schema-pointer.ts";

/** What the Messages API takes as the name of a property of a tool's input; it looks at the outermost ones only. */
const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/**
 * A finished schema as the Messages API wants that of a tool's input to be on its outermost level: of type `object`, with no
 * `allOf`, `anyOf` or `oneOf`, and plain names of properties. One that is different becomes a definition, which may be so.
 */
export function adaptRoot(schema: JsonObject): JsonObject {
  const root = inlined(schema);
  const types = isList(root.type) ? root.type : [root.type ?? "object"];
  if (!types.includes("object"))
    refuse(["type"], "leaves out objects; accepted is an object, which may have anything else as a property.");
  const typed = { ...root, type: "object" };
  return isPlain(typed) ? typed : asDefinition(typed);
}

function isPlain(schema: JsonObject): boolean {
  const { allOf, anyOf, oneOf, properties } = schema;
  const isComposed = [allOf, anyOf, oneOf].some((list) => list !== undefined);
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  return !isComposed && names.every((name) => PROPERTY_NAME.test(name));
}

/** A schema that says nothing but which definition holds, as that definition. */
function inlined(root: JsonObject): JsonObject {
  const { $ref, type, ...rest } = root;
  const { $defs, definitions, ...others } = rest;
  const target = definitionAt(root, $ref);
  if (target === undefined || !isPlain(target)) return root;
  if (!Object.keys(others).every((key) => ANNOTATIONS.has(key))) return root;
  if (type !== undefined && canonicalJson(type) !== canonicalJson(target.type)) return root;
  const { $defs: _inner, definitions: _innerToo, ...content } = target;
  return inlined({ ...content, ...rest });
}

function definitionAt(root: JsonObject, ref: Json | undefined): JsonObject | undefined {
  for (const key of ["$defs", "definitions"])
    for (const [name, definition] of Object.entries(isJsonObject(root[key]) ? root[key] : {}))
      if (pointerTo([key, name]) === ref && isJsonObject(definition)) return definition;
  return undefined;
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
