import type { TSchema } from "typebox";
import type { Parameter, Parameters } from "../fields/parameter.ts";
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
    if (parameter === undefined) return [name, own];
    const type = name in known || parameter.takes === undefined ? {} : { type: parameter.takes };
    return [name, { ...type, ...own, description: descriptionOf(parameter) }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** The parameters of a query, as the `detail` of its route has them. */
export function describeQuery(parameters: Parameters) {
  return Object.entries(parameters).map(([name, parameter]) => ({
    name,
    in: "query" as const,
    description: descriptionOf(parameter),
    schema: { type: "string" as const },
  }));
}

function descriptionOf({ treatment, note }: Parameter): string {
  return WORDS[treatment] + note;
}
