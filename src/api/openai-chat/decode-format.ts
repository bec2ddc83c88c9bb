import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { OutputFormat } from "../../core/request.ts";
import { invalid } from "./invalid.ts";
import type { ResponseFormat } from "./schema-format.ts";

const PATH = "response_format.json_schema.schema";

export function decodeFormat(format: ResponseFormat | null | undefined, stream: boolean): OutputFormat | undefined {
  if (!format || format.type === "text") return undefined;
  const delivery = stream ? "as-written" : "whole";
  if (format.type === "json_object" || !format.json_schema.schema) return { schema: { type: "object" }, delivery };
  const { schema, description } = format.json_schema;
  const root = isJsonObject(schema) ? objectSchema(schema) : {};
  // The schema is the one place where the model reads what the answer is for.
  return { schema: description && root.description === undefined ? { ...root, description } : root, delivery };
}

/** A schema whose root says that it is an object's: the answer can be nothing else. */
function objectSchema(schema: JsonObject, opened: readonly string[] = []): JsonObject {
  const reference = schema.$ref;
  if (typeof reference === "string") {
    if (opened.includes(reference)) throw noObject("$ref", "a reference that leads back to itself");
    return objectSchema(openReference(schema, reference), [...opened, reference]);
  }
  if (schema.type === "object") return schema;
  if (schema.type !== undefined) throw noObject("type", `of the type ${JSON.stringify(schema.type)}`);
  if (isJsonObject(schema.properties)) return { type: "object", ...schema };
  const union = ["anyOf", "oneOf", "allOf", "enum", "const"].find((keyword) => schema[keyword] !== undefined);
  throw union ? noObject(union, `made of ${union}`) : noObject("type", "without a type");
}

const REFERENCE = /^#\/(\$defs|definitions)\/([^/]+)$/;

/** The definition that the root refers to, in its place, with the definitions it may itself refer to. */
function openReference(schema: JsonObject, reference: string): JsonObject {
  const [, group = "", name = ""] = REFERENCE.exec(reference) ?? [];
  const definitions = schema[group];
  const target = isJsonObject(definitions) ? definitions[name.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  if (!isJsonObject(target)) {
    throw invalid(
      `${PATH}.$ref`,
      `'${PATH}.$ref' is ${JSON.stringify(reference)}, which names no definition in $defs.`,
    );
  }
  const { $defs, definitions: older } = schema;
  return {
    ...target,
    ...($defs === undefined ? {} : { $defs }),
    ...(older === undefined ? {} : { definitions: older }),
  };
}

function noObject(keyword: string, root: string) {
  const wanted =
    'an answer is an object, so expected a schema with "type": "object", with other values in its properties';
  return invalid(`${PATH}.${keyword}`, `Invalid '${PATH}': its root is ${root}, but ${wanted}.`);
}
