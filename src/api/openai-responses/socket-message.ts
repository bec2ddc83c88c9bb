import Type from "typebox";
import { ApiError } from "../../core/error.ts";
import { isJsonObject } from "../../core/json.ts";
import { invalid } from "../invalid.ts";
import { standardSchema } from "../standard-schema.ts";
import { optional } from "../validation/optional.ts";
import { describeValue } from "../validation/schema-words.ts";
import { type Accepted, acceptResponse } from "./accept-body.ts";
import type { ResponseBody } from "./schema.ts";

/** What a client sends on a WebSocket, as the types of OpenAI's SDK have it (`ResponsesClientEvent`). */
export type ClientMessage =
  | {
      readonly type: "create";
      /** The lane: its requests are answered one after the other. */
      readonly streamId: string | undefined;
      /** False: only what a later request goes on after is wanted. */
      readonly generate: boolean;
      readonly accepted: Accepted<ResponseBody>;
    }
  | { readonly type: "steer"; readonly previousId: string; readonly input: unknown };

const TYPES = standardSchema(
  Type.Object({ type: Type.Union([Type.Literal("response.create"), Type.Literal("response.steer")]) }),
);
const Create = standardSchema(
  Type.Object({
    stream_id: optional(Type.String({ minLength: 1 })),
    generate: optional(Type.Boolean()),
    background: optional(Type.Boolean()),
  }),
);
const Steer = standardSchema(Type.Object({ previous_response_id: Type.String(), input: Type.Unknown() }));

/** Throws an ApiError that names the field which is wrong. */
export function decodeMessage(message: unknown, strict: boolean): ClientMessage {
  if (!isJsonObject(message)) {
    const given = `expected an object, but got ${describeValue(message)}`;
    throw new ApiError("invalid_request", `Invalid type for the message: ${given}.`);
  }
  if (TYPES["~standard"].validate(message).value.type === "response.steer") {
    const { previous_response_id: previousId, input } = Steer["~standard"].validate(message).value;
    return { type: "steer", previousId, input };
  }
  const { stream_id, generate, background } = Create["~standard"].validate(message).value;
  if (background) {
    throw invalid("background", "'background' is true, but not on a WebSocket: send it to POST /v1/responses.");
  }
  const { type: _, stream_id: __, generate: ___, ...body } = message;
  return {
    type: "create",
    streamId: stream_id ?? undefined,
    generate: generate ?? true,
    // It is always streamed, whatever the message says of it.
    accepted: acceptResponse({ ...body, stream: true }, strict),
  };
}

/** The lane of a message that may be wrong in any way. */
export function streamIdOf(message: unknown): string | undefined {
  return isJsonObject(message) && typeof message.stream_id === "string" ? message.stream_id : undefined;
}
