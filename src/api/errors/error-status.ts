import type { ApiError, ErrorCode } from "../../core/error.ts";

/** How one kind of failure looks on the wire. */
type ErrorStatus = {
  readonly status: number;
  /** OpenAI's `error.type` and `error.code`. */
  readonly openaiType: string;
  readonly openaiCode: string | null;
  /** Repeating the request cannot help, or would spend the plan for nothing: the SDKs, which retry 429 and 5xx, are told so. */
  readonly retryIsFutile?: true;
};

const wantsMoney = (openaiCode: string): ErrorStatus => ({
  status: 402,
  openaiType: "insufficient_quota",
  openaiCode,
  retryIsFutile: true,
});

/** The one table from error code to wire. Where a well-known OpenAI code exists it is used: clients act on those. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, ErrorStatus>> = {
  invalid_request: { status: 400, openaiType: "invalid_request_error", openaiCode: null },
  context_length_exceeded: {
    status: 400,
    openaiType: "invalid_request_error",
    openaiCode: "context_length_exceeded",
  },
  request_too_large: { status: 413, openaiType: "invalid_request_error", openaiCode: "request_too_large" },
  request_incomplete: { status: 408, openaiType: "invalid_request_error", openaiCode: "request_incomplete" },
  invalid_api_key: { status: 401, openaiType: "invalid_request_error", openaiCode: "invalid_api_key" },
  login_refused: { status: 401, openaiType: "authentication_error", openaiCode: "login_refused" },
  permission_denied: { status: 403, openaiType: "permission_error", openaiCode: "permission_denied" },
  origin_refused: { status: 403, openaiType: "permission_error", openaiCode: "origin_refused" },
  host_refused: { status: 403, openaiType: "permission_error", openaiCode: "host_refused" },
  model_not_found: { status: 404, openaiType: "invalid_request_error", openaiCode: "model_not_found" },
  response_not_found: { status: 404, openaiType: "invalid_request_error", openaiCode: "response_not_found" },
  previous_response_not_found: {
    status: 400,
    openaiType: "invalid_request_error",
    openaiCode: "previous_response_not_found",
  },
  route_not_found: { status: 404, openaiType: "invalid_request_error", openaiCode: "unknown_url" },
  // Not a 501, true as that would be: clients that do not read `x-should-retry` try 5xx again, and none tries a 404 again.
  endpoint_not_offered: { status: 404, openaiType: "invalid_request_error", openaiCode: "endpoint_not_offered" },
  thread_unsupported: { status: 400, openaiType: "invalid_request_error", openaiCode: "thread_unsupported" },
  method_not_allowed: { status: 405, openaiType: "invalid_request_error", openaiCode: "method_not_supported" },
  upgrade_required: { status: 426, openaiType: "invalid_request_error", openaiCode: "upgrade_required" },
  // Nor this one, for the same reason.
  not_implemented: { status: 400, openaiType: "invalid_request_error", openaiCode: "not_implemented" },
  unsupported_media_type: { status: 415, openaiType: "invalid_request_error", openaiCode: "unsupported_media_type" },
  rate_limited: { status: 429, openaiType: "rate_limit_error", openaiCode: "rate_limit_exceeded" },
  // `insufficient_quota` is the code on which LangChain and Codex stop instead of trying again.
  plan_limit_reached: {
    status: 429,
    openaiType: "insufficient_quota",
    openaiCode: "insufficient_quota",
    retryIsFutile: true,
  },
  // Nor a 429, which clients try again: it waits for money, not for time.
  payment_required: wantsMoney("insufficient_quota"),
  extra_usage_only: wantsMoney("extra_usage_only"),
  extra_usage_exhausted: wantsMoney("extra_usage_exhausted"),
  extra_usage_required: wantsMoney("extra_usage_required"),
  queue_full: { status: 429, openaiType: "rate_limit_error", openaiCode: "queue_full" },
  overloaded: { status: 503, openaiType: "server_error", openaiCode: "overloaded" },
  upstream_error: { status: 502, openaiType: "server_error", openaiCode: "upstream_error" },
  upstream_unreachable: { status: 502, openaiType: "server_error", openaiCode: "upstream_unreachable" },
  cli_missing: { status: 503, openaiType: "server_error", openaiCode: "cli_missing", retryIsFutile: true },
  cli_outdated: { status: 503, openaiType: "server_error", openaiCode: "cli_outdated", retryIsFutile: true },
  cli_logged_out: { status: 503, openaiType: "server_error", openaiCode: "cli_logged_out", retryIsFutile: true },
  login_unread: { status: 503, openaiType: "server_error", openaiCode: "login_unread", retryIsFutile: true },
  cli_failed: { status: 503, openaiType: "server_error", openaiCode: "cli_failed" },
  request_timeout: { status: 504, openaiType: "server_error", openaiCode: "request_timeout", retryIsFutile: true },
  shutting_down: { status: 503, openaiType: "server_error", openaiCode: "shutting_down" },
  // Nobody is left to read it; nginx's number for that, so that logs tell it from a failure.
  client_closed: { status: 499, openaiType: "invalid_request_error", openaiCode: "client_closed" },
  // By the person whose server it is: nothing that is to be tried again.
  cancelled: { status: 499, openaiType: "invalid_request_error", openaiCode: "cancelled", retryIsFutile: true },
  internal_error: { status: 500, openaiType: "server_error", openaiCode: "internal_error" },
};

/** The status an error is answered with: the table's, except that a failure of the API itself keeps the API's own (500, 529 …). */
export function httpStatus(error: ApiError): number {
  const { status } = ERROR_STATUS[error.code];
  const upstream = error.upstreamStatus;
  const isUpstreamFailure = error.code === "overloaded" || error.code === "upstream_error";
  return isUpstreamFailure && upstream !== undefined && upstream >= 500 && upstream <= 599 ? upstream : status;
}

/** What a runtime error says is not for clients: such messages carry paths and internals. The log has it in full. */
export function publicMessage(error: ApiError): string {
  const wrapsRuntimeError = error.code === "internal_error" && error.cause !== undefined;
  return wrapsRuntimeError ? "The server hit an internal error. Its log has the details." : error.message;
}
