import Type, { type Static } from "typebox";
import { invalid } from "../../core/error.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { Tool } from "../../core/request.ts";
import { SchemaObject } from "../fields/shared-fields.ts";
import { ignored, optional } from "../validation/optional.ts";

export const ToolName = Type.String({ minLength: 1, maxLength: 128 });

/** A function as all of OpenAI's dialects define it. */
export const FunctionDefinition = Type.Object({
  name: ToolName,
  description: optional(Type.String()),
  parameters: optional(SchemaObject),
  strict: ignored(Type.Boolean(), false),
});
export type FunctionDefinition = Static<typeof FunctionDefinition>;

export type ToolOptions = {
  readonly strict?: boolean | undefined;
  /** Whether the model may search the web where that is asked for. Default true. */
  readonly webSearch?: boolean | undefined;
};

/** What JSON Schema knows beside objects. */
const OTHER_TYPES: readonly unknown[] = ["array", "boolean", "integer", "null", "number", "string"];

export function decodeParameters(
  parameters: Readonly<Record<string, unknown>> | null | undefined,
  path: string,
): JsonObject {
  if (!isJsonObject(parameters)) return { type: "object", properties: {} };
  return requireObject(parameters, path, "function");
}

/** Arguments are an object. What else is wrong with a schema is the engine's to mend or to refuse. */
export function requireObject(schema: JsonObject, path: string, what: "function" | "tool"): JsonObject {
  const { type = null, properties } = schema;
  if (type === null) return { ...schema, type: "object" };
  if (!OTHER_TYPES.includes(type) || isJsonObject(properties)) return schema;
  const given = `a ${what} takes an object, so expected "object", but got ${JSON.stringify(type)}`;
  throw invalid(`${path}.type`, `Invalid value for '${path}.type': ${given}.`);
}

/** Throws when a choice names a function that the request does not have. */
export function requireNamed(name: string, tools: readonly Pick<Tool, "name">[], param: string): void {
  if (tools.some((tool) => tool.name === name)) return;
  const known = tools.map((tool) => JSON.stringify(tool.name)).join(", ") || "none at all";
  throw invalid(param, `'${param}' is ${JSON.stringify(name)}, but the functions of this request are: ${known}.`);
}
