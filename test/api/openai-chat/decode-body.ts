import type { FetchedImages } from "../../../src/api/attachments/remote-images.ts";
import { withModel } from "../../../src/api/fields/shared-fields.ts";
import { accept } from "../../../src/api/openai-chat/decode/accept-body.ts";
import { type DecodedRequest, decodeRequest } from "../../../src/api/openai-chat/decode/request.ts";
import { ChatCompletionBody } from "../../../src/api/openai-chat/wire/schema.ts";
import { ApiError } from "../../../src/core/error.ts";
import { atOnce } from "../../../src/core/pace.ts";
import { validate } from "../../support/validate.ts";

type Decoded = Omit<DecodedRequest, "adjusted"> & { readonly ignored: readonly string[] };

export type DecodeOptions = { readonly images?: FetchedImages; readonly strict?: boolean };

/** Decodes a body in the textbook's form, the way the route does. */
export function decode(fields: object, { images, strict = false }: DecodeOptions = {}): Decoded {
  const checked = validate(ChatCompletionBody, {
    model: "opus",
    messages: [{ role: "user", content: "hi" }],
    ...fields,
  });
  if (checked.issues) throw new Error(`the schema refuses this body: ${checked.issues[0].message}`);
  const { chat, ignored } = atOnce(accept(checked.value, strict));
  const { adjusted, ...decoded } = atOnce(decodeRequest(withModel(chat, undefined), { images, strict }));
  return { ...decoded, ignored: [...ignored, ...adjusted] };
}

/** The error with which a body is refused that the schema accepts. */
export function refusalOf(fields: object, options: DecodeOptions = {}): ApiError {
  try {
    decode(fields, options);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the body was accepted");
}
