import { isJsonObject } from "../../core/json.ts";
import type { NativeBlock } from "../../core/request.ts";
import { NOT_NATIVE } from "./schema-content.ts";

/** A block that the API gets as the client wrote it. */
export function nativeBlock(block: object): NativeBlock {
  const left: readonly string[] = NOT_NATIVE;
  const fields = Object.fromEntries(Object.entries(block).filter(([name]) => !left.includes(name)));
  return { type: "native", block: isJsonObject(fields) ? fields : {} };
}
