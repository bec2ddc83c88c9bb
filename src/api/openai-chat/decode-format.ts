import type { OutputFormat } from "../../core/request.ts";
import { jsonFormat } from "../output-format.ts";
import type { ResponseFormat } from "./schema-format.ts";

export function decodeFormat(format: ResponseFormat | null | undefined, stream: boolean): OutputFormat | undefined {
  if (!format || format.type === "text") return undefined;
  return jsonFormat(format.type === "json_schema" ? format.json_schema : {}, stream);
}
