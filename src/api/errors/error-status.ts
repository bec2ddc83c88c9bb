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

const refusal = (status: number, openaiCode: string | null): ErrorStatus => ({
  status,
  openaiType: "invalid_request_error",
  openaiCode,
});

/** It waits for money, or for long: `insufficient_quota` is the code on which LangChain and Codex stop instead of trying again. */
const wantsQuota = (status: number, openaiCode: string): ErrorStatus => ({
  status,
  openaiType: "insufficient_quota",
  openaiCode,
  retryIsFutile: true,
});

/** The one table from error code to wire. Where a well-known OpenAI code exists it is used: clients act on those. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, ErrorStatus>> = {
  invalid_request: refusal(400, null),
  context_length_exceeded: refusal(400, "context_length_exceeded"),
  request_too_large: refusal(413, "request_too_large"),
  request_incomplete: refusal(408, "request_incomplete"),
  invalid_api_key: refusal(401, "invalid_api_key"),
  login_refused: { status: 401, openaiType: "authentication_error", openaiCode: "login_refused" },
  permission_denied: { status: 403, openaiType: "permission_error", openaiCode: "permission_denied" },
  origin_refused: { status: 403, openaiType: "permission_error", openaiCode: "origin_refused" },
  host_refused: { status: 403, openaiType: "permission_error", openaiCode: "host_refused" },
  model_not_found: refusal(404, "model_not_found"),
  response_not_found: refusal(404, "response_not_found"),
  previous_response_not_found: refusal(400, "previous_response_not_found"),
  route_not_found: refusal(404, "unknown_url"),
  // Not a 501, true as that would be: clients that do not read `x-should-retry` try 5xx again, and none tries a 404 again.
  endpoint_not_offered: refusal(404, "endpoint_not_offered"),
  thread_unsupported: refusal(400, "thread_unsupported"),
  method_not_allowed: refusal(405, "method_not_supported"),
  upgrade_required: refusal(426, "upgrade_required"),
  // Nor this one, for the same reason.
  not_implemented: refusal(400, "not_implemented"),
  unsupported_media_type: refusal(415, "unsupported_media_type"),
  rate_limited: { status: 429, openaiType: "rate_limit_error", openaiCode: "rate_limit_exceeded" },
  plan_limit_reached: wantsQuota(429, "insufficient_quota"),
  // Not a 429, which clients try again: it waits for money, not for time.
  payment_required: wantsQuota(402, "insufficient_quota"),
  extra_usage_only: wantsQuota(402, "extra_usage_only"),
  extra_usage_exhausted: wantsQuota(402, "extra_usage_exhausted"),
  extra_usage_required: wantsQuota(402, "extra_usage_required"),
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
  client_closed: refusal(499, "client_closed"),
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
