import type { ApiError } from "../../core/error.ts";
import { ERROR_STATUS, httpStatus, publicMessage } from "./error-status.ts";

/**
 * An error as OpenAI's envelope: the body of an error response, or of an error event within a stream. `resets_at` (seconds since the epoch)
 * is an addition; OpenAI's SDKs pass it on untouched.
 */
export function openAiErrorBody(error: ApiError) {
  const { openaiType, openaiCode } = ERROR_STATUS[error.code];
  return {
    error: {
      message: publicMessage(error),
      type: openaiType,
      param: error.param ?? null,
      code: openaiCode,
      ...(error.resetsAt === undefined ? {} : { resets_at: error.resetsAt }),
    },
  };
}

type ErrorResponseOptions = {
  /** The envelope; without it, OpenAI's. */
  readonly body?: object;
  /** Headers beside the error's own, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, to count down to a plan's reset. */
  readonly now?: number;
};

/** An error as a whole response, with the headers that tell clients when, and whether, to try again. */
export function errorResponse(
  error: ApiError,
  { body = openAiErrorBody(error), headers = {}, now = Date.now() }: ErrorResponseOptions = {},
): Response {
  return new Response(JSON.stringify(body), {
    status: httpStatus(error),
    headers: { "content-type": "application/json", ...retryHeaders(error, now), ...headers },
  });
}

/** SDKs ignore a `retry-after` beyond a minute and come back within seconds, so a longer wait also has to say: do not retry. */
const LONGEST_HONOURED_RETRY_SECONDS = 60;

function retryHeaders(error: ApiError, now: number): Record<string, string> {
  const seconds = secondsUntilRetry(error, now);
  const futile = ERROR_STATUS[error.code].retryIsFutile === true || (seconds ?? 0) > LONGEST_HONOURED_RETRY_SECONDS;
  return {
    ...(seconds === undefined ? {} : { "retry-after": String(seconds) }),
    ...(futile ? { "x-should-retry": "false" } : {}),
  };
}

function secondsUntilRetry(error: ApiError, now: number): number | undefined {
  const seconds = error.retryAfterSeconds ?? (error.resetsAt === undefined ? undefined : error.resetsAt - now / 1000);
  return seconds === undefined || !Number.isFinite(seconds) ? undefined : Math.max(1, Math.ceil(seconds));
}
