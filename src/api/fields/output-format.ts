import { isJsonObject } from "../../core/json.ts";
import type { OutputFormat } from "../../core/request.ts";

type SchemaFields = {
  readonly schema?: Readonly<Record<string, unknown>> | null | undefined;
  readonly description?: string | null | undefined;
};

/** JSON by a schema, or any object when there is none. What kinds of schema can be used is for the backend to say. */
export function jsonFormat({ schema, description }: SchemaFields, stream: boolean): OutputFormat {
  const delivery = stream ? "as-written" : "whole";
  if (!schema) return { schema: { type: "object" }, delivery };
  const root = isJsonObject(schema) ? schema : {};
  // The schema is the one place where the model reads what the answer is for.
  return { schema: description && root.description === undefined ? { ...root, description } : root, delivery };
}
