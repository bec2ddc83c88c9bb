import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { NativeBlock } from "../../core/request.ts";

const MARK = "cache_control";

/** A block that the API gets as the client wrote it, without marks for the cache. */
export function nativeBlock(block: object): NativeBlock {
  return { type: "native", block: isJsonObject(block) ? withoutMarks(block) : {} };
}

/** The block without its mark, and those of the blocks that it consists of. What tools were asked, and gave, may hold any names. */
function withoutMarks(block: JsonObject): JsonObject {
  const { [MARK]: _, ...fields } = block;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, ofBlocks(name, value)]));
}

function ofBlocks(name: string, value: Json): Json {
  if (name === "content" && Array.isArray(value))
    return value.map((inner) => (isBlock(inner) ? withoutMarks(inner) : inner));
  return name === "source" && isJsonObject(value) ? withoutMarks(value) : value;
}

function isBlock(value: Json): value is JsonObject {
  return isJsonObject(value) && typeof value.type === "string";
}

/** Those of the fields that are set. */
export function fieldsOf(block: object, ...names: readonly string[]): { readonly native?: JsonObject } {
  const set = Object.entries(block).filter(
    ([name, value]) => names.includes(name) && value !== undefined && value !== null,
  );
  const native = Object.fromEntries(set);
  return set.length > 0 && isJsonObject(native) ? { native } : {};
}
