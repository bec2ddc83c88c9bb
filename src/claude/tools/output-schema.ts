import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { refuse } from "./output-schema-fault.ts";
import { KEYWORDS, mapSubschemas, type Path, UNSUPPORTED } from "./output-schema-keywords.ts";
import { checkRefs, resolveRefs } from "./output-schema-refs.ts";
import { adaptRoot } from "./output-schema-root.ts";
import { translate } from "./output-schema-translate.ts";
import { pointerTo } from "./schema-pointer.ts";

/** Names of schemas. Nothing refers to them any more once each `$ref` leads from the root. */
const NAMES: ReadonlySet<string> = new Set(["$id", "$anchor", "$dynamicAnchor"]);

/**
 * A client's JSON Schema as one that the CLI compiles, and that means the same. The CLI compiles with Ajv's strict mode and
 * the words of draft 7; a schema that fails there is not reported: the model just gets no tool to answer with. Whatever has no
 * equivalent is refused here, with its place in the schema.
 */
export function adaptOutputSchema(schema: JsonObject): JsonObject {
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
