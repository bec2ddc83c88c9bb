/** Every way a request can fail, by whose doing it is: the request's, the plan's limits, Anthropic's, or that of this program and its CLI. */
const CODES = {
  client: [
    "invalid_request",
    "context_length_exceeded",
    "request_too_large",
    "request_incomplete",
    "invalid_api_key",
    "permission_denied",
    "origin_refused",
    "host_refused",
    "model_not_found",
    "response_not_found",
    "previous_response_not_found",
    "route_not_found",
    "endpoint_not_offered",
    "thread_unsupported",
    "method_not_allowed",
    "upgrade_required",
    "unsupported_media_type",
    "not_implemented",
    "client_closed",
    "cancelled",
  ],
  plan: [
    "rate_limited",
    "plan_limit_reached",
    "payment_required",
    "extra_usage_only",
    "extra_usage_exhausted",
    "extra_usage_required",
  ],
  upstream: ["overloaded", "upstream_error", "upstream_unreachable"],
  server: [
    "login_refused",
    "login_unread",
    "queue_full",
    "cli_missing",
    "cli_outdated",
    "cli_logged_out",
    "cli_failed",
    "request_timeout",
    "shutting_down",
    "internal_error",
  ],
} as const;

export const FAULTS = ["client", "plan", "upstream", "server"] as const satisfies readonly (keyof typeof CODES)[];
export type Fault = (typeof FAULTS)[number];
/** `api/errors/error-status.ts` maps each to an HTTP status and the dialects' error types. */
export const ERROR_CODES = Object.values(CODES).flat();
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Whose doing an outcome is that is a failure. */
export function faultOf(outcome: string): Fault | undefined {
  return FAULTS.find((fault) => CODES[fault].some((own) => own === outcome));
}

export type ApiErrorDetails = {
  /** The request's field the error is about, as a path: `messages[2].content`. */
  readonly param?: string;
  /** Seconds until a retry makes sense, from the API's or the plan's own figures. */
  readonly retryAfterSeconds?: number;
  /** When a plan limit ends, in seconds since the epoch. */
  readonly resetsAt?: number;
  /** The HTTP status the Anthropic API answered with, when it did. */
  readonly upstreamStatus?: number;
  readonly cause?: unknown;
};

/** A failure to be told to the client. Carries no HTTP and no dialect; its message is written for the person who reads it. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly resetsAt: number | undefined;
  readonly upstreamStatus: number | undefined;

  constructor(code: ErrorCode, message: string, details: ApiErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "ApiError";
    this.code = code;
    this.param = details.param;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.resetsAt = details.resetsAt;
    this.upstreamStatus = details.upstreamStatus;
  }
}

/** Whatever was thrown, as an ApiError: itself, or an internal error that keeps the original as its cause. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError("internal_error", `Internal error: ${reasonOf(thrown)}`, { cause: thrown });
}

export function shuttingDown(): ApiError {
  return new ApiError("shutting_down", "The server is shutting down. Try again once it is back.");
}

/** The refusal of a request: what is wrong, and the path of the field. */
export function invalid(param: string, message: string): ApiError {
  return new ApiError("invalid_request", message, { param });
}

/** What whatever was thrown says. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
