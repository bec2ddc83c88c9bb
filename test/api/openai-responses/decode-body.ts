import { type Named, withModel } from "../../../src/api/named-model.ts";
import { type DecodedRequest, decodeRequest } from "../../../src/api/openai-responses/decode-request.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/memory-store.ts";
import { resolveInput } from "../../../src/api/openai-responses/resolve-input.ts";
import { ResponseBody } from "../../../src/api/openai-responses/schema.ts";
import type { ResponseStore } from "../../../src/api/openai-responses/store.ts";
import { validate } from "../../../src/api/standard-schema.ts";
import { ApiError } from "../../../src/core/error.ts";

export function bodyOf(fields: object): Named<ResponseBody> {
  const checked = validate(ResponseBody, { model: "opus", input: "hi", ...fields });
  if (checked.issues) throw new ApiError("invalid_request", checked.issues[0].message);
  return withModel(checked.value, undefined);
}

/** Decodes a body the way the route does. */
export function decode(fields: object, store: ResponseStore = new MemoryResponseStore()): DecodedRequest {
  const body = bodyOf(fields);
  return decodeRequest(body, resolveInput(body, store).items);
}

/** The error with which a body is refused, by its schema or later. */
export function refusalOf(fields: object, store?: ResponseStore): ApiError {
  try {
    decode(fields, store);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the body was accepted");
}
