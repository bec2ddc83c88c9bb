import Type from "typebox";
import { ApiError, invalid } from "../../../core/error.ts";
import { isJsonObject } from "../../../core/json.ts";
import type { Steps } from "../../../core/pace.ts";
import { errorResponse, openAiErrorBody } from "../../errors/openai-error.ts";
import type { Accepted } from "../../responses-shape/accept-body.ts";
import type { ResponseBody } from "../../responses-shape/wire/schema.ts";
import { optional } from "../../validation/optional.ts";
import { describeValue } from "../../validation/schema-words.ts";
import { standardSchema } from "../../validation/standard-schema.ts";
import { acceptResponse } from "../decode/accept-body.ts";

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

const TYPES = standardSchema(Type.Object({ type: Type.Enum(["response.create", "response.steer"]) }));
const Create = standardSchema(
  Type.Object({
    stream_id: optional(Type.String({ minLength: 1 })),
    generate: optional(Type.Boolean()),
    background: optional(Type.Boolean()),
  }),
);
const Steer = standardSchema(Type.Object({ previous_response_id: Type.String(), input: Type.Unknown() }));

/** Throws an ApiError that names the field which is wrong. */
export function* decodeMessage(message: unknown, strict: boolean): Steps<ClientMessage> {
  if (!isJsonObject(message)) {
    const given = `expected an object, but got ${describeValue(message)}`;
    throw new ApiError("invalid_request", `Invalid type for the message: ${given}.`);
  }
  if ((yield* TYPES.check(message)).type === "response.steer") {
    const { previous_response_id: previousId, input } = yield* Steer.check(message);
    return { type: "steer", previousId, input };
  }
  const { stream_id, generate, background } = yield* Create.check(message);
  if (background) {
    throw invalid("background", "'background' is true, but not on a WebSocket: send it to POST /v1/responses.");
  }
  const { type: _, stream_id: __, generate: ___, ...body } = message;
  return {
    type: "create",
    streamId: stream_id ?? undefined,
    generate: generate ?? true,
    // It is always streamed, whatever the message says of it.
    accepted: yield* acceptResponse({ ...body, stream: true }, strict),
  };
}

/** The lane of a message that may be wrong in any way. */
export function streamIdOf(message: unknown): string | undefined {
  return isJsonObject(message) && typeof message.stream_id === "string" ? message.stream_id : undefined;
}

/**
 * An error on a WebSocket: the response that it would be, as an event. OpenAI's SDK looks for the headers, which say when to try
 * again, within the error; Codex beside it.
 */
export function errorEvent(error: ApiError) {
  const response = errorResponse(error);
  const { "content-type": _, ...headers } = Object.fromEntries(response.headers);
  const told = Object.keys(headers).length === 0 ? {} : { headers };
  return {
    type: "error",
    status: response.status,
    error: { ...openAiErrorBody(error).error, ...told },
    ...told,
  };
}

/** The answer to input for a response that is being written: the model cannot be told of it before it has ended. */
export function steeringFailed(previousId: string, input: unknown) {
  return {
    type: "response.steer.failed",
    sequence_number: 0,
    error: {
      type: "invalid_request_error",
      code: "steering_not_supported",
      message:
        "Responses cannot be steered here: send the input with the next response.create, once this one has ended.",
    },
    steer: { previous_response_id: previousId, input },
  };
}
