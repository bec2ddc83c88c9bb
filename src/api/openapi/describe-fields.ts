import type { TSchema } from "typebox";
import type { Parameters } from "../parameter.ts";
import { isNode, type SchemaNode } from "../validation/schema-words.ts";

const WORDS = {
  honoured: "",
  approximated: "Nearly: ",
  ignored: "Accepted, without effect: ",
  refused: "Mostly a 400: ",
} as const;

/** A body's schema with what becomes of each field, those among them that are let through unread. */
export function describeFields(schema: TSchema, parameters: Parameters): SchemaNode {
  if (!isNode(schema) || !isNode(schema.properties)) return {};
  const known = schema.properties;
  const names = new Set([...Object.keys(known), ...Object.keys(parameters)]);
  const properties = [...names].map((name) => {
    const own = isNode(known[name]) ? known[name] : {};
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return [name, parameter ? { ...own, description: WORDS[parameter.treatment] + parameter.note } : own];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}
