import type { ApiError } from "../../core/error.ts";
import { errorResponse, openAiErrorBody } from "../openai-error.ts";

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
