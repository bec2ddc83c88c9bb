import { type DecodedRequest, decodeRequest } from "../../../src/api/anthropic-messages/decode/request.ts";
import { normalizeBody } from "../../../src/api/anthropic-messages/normalize/body.ts";
import { MessagesBody } from "../../../src/api/anthropic-messages/wire/schema.ts";
import { withModel } from "../../../src/api/fields/shared-fields.ts";
import { lenientSchema } from "../../../src/api/lenient/lenient-schema.ts";
import { standardSchema } from "../../../src/api/validation/standard-schema.ts";
import { ApiError } from "../../../src/core/error.ts";
import { atOnce } from "../../../src/core/pace.ts";
import { validate } from "../../support/validate.ts";

const bodyOf = (fields: object) => ({
  model: "opus",
  max_tokens: 100,
  messages: [{ role: "user", content: "hi" }],
  ...fields,
});

const BODY = standardSchema(MessagesBody);

/** Decodes a body the way the route does: what was left out of it, or bent, is among what is ignored. */
export function decode(fields: object, strict = false, beta?: string): DecodedRequest {
  const taken = lenientSchema(BODY, strict ? undefined : normalizeBody);
  const { body, notes } = atOnce(taken.check(bodyOf(fields)));
  const decoded = atOnce(decodeRequest(withModel(body, undefined), { strict, beta }));
  return { ...decoded, ignored: [...notes, ...decoded.ignored] };
}

/** Field and message with which a body is refused that the schema accepts. */
export function refusalOf(fields: object, strict = false): string {
  try {
    decode(fields, strict);
  } catch (error) {
    if (error instanceof ApiError) return `${error.param}: ${error.message}`;
    throw error;
  }
  throw new Error("the body was accepted");
}

/** The message with which the schema refuses a body. */
export function mismatchOf(fields: object): string {
  const { issues } = validate(MessagesBody, bodyOf(fields));
  if (issues === undefined) throw new Error("the schema accepts this body");
  return issues[0].message;
}

export const user = (content: unknown) => ({ role: "user", content });
export const assistant = (...content: object[]) => ({ role: "assistant", content });
export const text = (words: string) => ({ type: "text", text: words });
export const toolUse = (id: string, input: unknown = {}, name = "f") => ({ type: "tool_use", id, name, input });
export const toolResult = (id: string, content?: unknown, fields: object = {}) => ({
  type: "tool_result",
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...fields,
});
