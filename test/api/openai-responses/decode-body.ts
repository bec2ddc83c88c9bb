import { acceptResponse } from "../../../src/api/openai-responses/decode/accept-body.ts";
import { type DecodedRequest, decodeRequest } from "../../../src/api/openai-responses/decode/request.ts";
import { resolveInput } from "../../../src/api/openai-responses/decode/resolve-input.ts";
import { withOwnModel } from "../../../src/api/openai-responses/prepare-response.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import type { ResponseStore } from "../../../src/api/openai-responses/store/store.ts";
import { ApiError } from "../../../src/core/error.ts";
import { atOnce } from "../../../src/core/pace.ts";

type Options = { readonly store?: ResponseStore; readonly strict?: boolean };

export const fullBody = (fields: object) => ({ model: "opus", input: "hi", ...fields });

export function bodyOf(fields: object) {
  return withOwnModel(atOnce(acceptResponse(fullBody(fields), true)).body, new MemoryResponseStore(), undefined);
}

/** Decodes a body the way the route does: what was left out of it, or bent, is among what is ignored. */
export function decode(
  fields: object,
  { store = new MemoryResponseStore(), strict = false }: Options = {},
): DecodedRequest {
  const accepted = atOnce(acceptResponse(fullBody(fields), strict));
  const { items, ignored } = atOnce(resolveInput(accepted, store, strict));
  const decoded = atOnce(decodeRequest(withOwnModel(accepted.body, store, undefined), items, { strict }));
  return { ...decoded, ignored: [...accepted.notes, ...ignored, ...decoded.ignored] };
}

/** The error with which a body is refused, by its schema or later. */
export function refusalOf(fields: object, options?: Options): ApiError {
  try {
    decode(fields, options);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the body was accepted");
}
