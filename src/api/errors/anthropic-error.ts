import type { ApiError } from "../../core/error.ts";
import { ERROR_STATUS, publicMessage } from "./error-status.ts";

/** Anthropic's documentation pairs types with statuses. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
};

/** On this the tool runner of Anthropic's SDK (1.14) goes on without threads: it sends whole conversations. */
const UNTHREADED = { error_code: "thread_unsupported_request", unsupported: ["thread"] };

/**
 * An error as Anthropic's envelope: the body of an error response, or of an `error` event within a stream, where `requestId` is null: the
 * response's header has told it. `resets_at` (seconds since the epoch) is an addition; Anthropic's SDKs pass it on untouched.
 */
export function anthropicErrorBody(error: ApiError, requestId: string | null) {
  return {
    type: "error",
    error: {
      type: typeOf(error),
      message: publicMessage(error),
      ...(error.resetsAt === undefined ? {} : { resets_at: error.resetsAt }),
      ...(error.code === "thread_unsupported" ? { details: UNTHREADED } : {}),
    },
    request_id: requestId,
  };
}

function typeOf({ code }: ApiError): string {
  if (code === "overloaded") return "overloaded_error";
  const { status } = ERROR_STATUS[code];
  return TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

/** Whether whoever asks reads Anthropic's envelope: on the paths of its own, and on all others for its SDKs. */
export function isAnthropicRequest(path: string, headers: Headers): boolean {
  return /^\/v1\/messages(?:\/|$)/.test(path) || isAnthropicClient(headers);
}

/** Every request of Anthropic's SDKs names the version of the API that it speaks. */
export function isAnthropicClient(headers: Headers): boolean {
  return headers.has("anthropic-version");
}
