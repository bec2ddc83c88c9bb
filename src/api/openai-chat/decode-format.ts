import { isJsonObject } from "../../core/json.ts";
import type { OutputFormat } from "../../core/request.ts";
import type { ResponseFormat } from "./schema-format.ts";

/** What kinds of schema can be used is for the backend to say. */
export function decodeFormat(format: ResponseFormat | null | undefined, stream: boolean): OutputFormat | undefined {
  if (!format || format.type === "text") return undefined;
  const delivery = stream ? "as-written" : "whole";
  if (format.type === "json_object" || !format.json_schema.schema) return { schema: { type: "object" }, delivery };
  const { schema, description } = format.json_schema;
  const root = isJsonObject(schema) ? schema : {};
  // The schema is the one place where the model reads what the answer is for.
  return { schema: description && root.description === undefined ? { ...root, description } : root, delivery };
}
