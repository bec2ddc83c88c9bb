import { describe, expect, test } from "bun:test";
import { anthropicErrorBody, isAnthropicRequest } from "../../../src/api/errors/anthropic-error.ts";
import { ERROR_STATUS, httpStatus } from "../../../src/api/errors/error-status.ts";
import { errorResponse, openAiErrorBody } from "../../../src/api/errors/openai-error.ts";
import { ApiError, ERROR_CODES, type ErrorCode, toApiError } from "../../../src/core/error.ts";

/** status, OpenAI's type and code, and whether SDKs are told not to try again. */
const WIRE: Record<ErrorCode, [status: number, type: string, code: string | null, futile?: "futile"]> = {
  invalid_request: [400, "invalid_request_error", null],
  context_length_exceeded: [400, "invalid_request_error", "context_length_exceeded"],
  request_too_large: [413, "invalid_request_error", "request_too_large"],
  request_incomplete: [408, "invalid_request_error", "request_incomplete"],
  invalid_api_key: [401, "invalid_request_error", "invalid_api_key"],
  login_refused: [401, "authentication_error", "login_refused"],
  permission_denied: [403, "permission_error", "permission_denied"],
  origin_refused: [403, "permission_error", "origin_refused"],
  host_refused: [403, "permission_error", "host_refused"],
  model_not_found: [404, "invalid_request_error", "model_not_found"],
  response_not_found: [404, "invalid_request_error", "response_not_found"],
  previous_response_not_found: [400, "invalid_request_error", "previous_response_not_found"],
  route_not_found: [404, "invalid_request_error", "unknown_url"],
  endpoint_not_offered: [404, "invalid_request_error", "endpoint_not_offered"],
  thread_unsupported: [400, "invalid_request_error", "thread_unsupported"],
  method_not_allowed: [405, "invalid_request_error", "method_not_supported"],
  upgrade_required: [426, "invalid_request_error", "upgrade_required"],
  unsupported_media_type: [415, "invalid_request_error", "unsupported_media_type"],
  not_implemented: [400, "invalid_request_error", "not_implemented"],
  rate_limited: [429, "rate_limit_error", "rate_limit_exceeded"],
  plan_limit_reached: [429, "insufficient_quota", "insufficient_quota", "futile"],
  payment_required: [402, "insufficient_quota", "insufficient_quota", "futile"],
  extra_usage_only: [402, "insufficient_quota", "extra_usage_only", "futile"],
  extra_usage_exhausted: [402, "insufficient_quota", "extra_usage_exhausted", "futile"],
  extra_usage_required: [402, "insufficient_quota", "extra_usage_required", "futile"],
  queue_full: [429, "rate_limit_error", "queue_full"],
  overloaded: [503, "server_error", "overloaded"],
  upstream_error: [502, "server_error", "upstream_error"],
  upstream_unreachable: [502, "server_error", "upstream_unreachable"],
  cli_missing: [503, "server_error", "cli_missing", "futile"],
  cli_outdated: [503, "server_error", "cli_outdated", "futile"],
  cli_logged_out: [503, "server_error", "cli_logged_out", "futile"],
  login_unread: [503, "server_error", "login_unread", "futile"],
  cli_failed: [503, "server_error", "cli_failed"],
  request_timeout: [504, "server_error", "request_timeout", "futile"],
  shutting_down: [503, "server_error", "shutting_down"],
  client_closed: [499, "invalid_request_error", "client_closed"],
  cancelled: [499, "invalid_request_error", "cancelled", "futile"],
  internal_error: [500, "server_error", "internal_error"],
};

test("every error code has a row, and no row is left over", () => {
  expect(Object.keys(ERROR_STATUS).sort()).toEqual([...ERROR_CODES].sort());
});

for (const code of ERROR_CODES) {
  test(`${code} on the wire`, async () => {
    const [status, type, openaiCode, futile] = WIRE[code];
    const response = errorResponse(new ApiError(code, "what happened"));
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-should-retry")).toBe(futile ? "false" : null);
    expect(await response.json()).toEqual({
      error: { message: "what happened", type, param: null, code: openaiCode },
    });
  });
}

/** Anthropic's types, as its documentation pairs them with statuses. */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  408: "invalid_request_error",
  413: "request_too_large",
  415: "invalid_request_error",
  426: "invalid_request_error",
  429: "rate_limit_error",
  499: "invalid_request_error",
  504: "timeout_error",
};

describe("Anthropic's envelope", () => {
  test.each([...ERROR_CODES])("%s has the type of its status", (code) => {
    const type =
      code === "overloaded" ? "overloaded_error" : (ANTHROPIC_TYPES[ERROR_STATUS[code].status] ?? "api_error");
    expect(anthropicErrorBody(new ApiError(code, "what happened"), "req_1")).toEqual({
      type: "error",
      error: {
        type,
        message: "what happened",
        ...(code === "thread_unsupported" ? { details: expect.anything() } : {}),
      },
      request_id: "req_1",
    });
  });

  test("tells when a plan's limit ends", () => {
    expect(anthropicErrorBody(new ApiError("plan_limit_reached", "x", { resetsAt: 7 }), null).error.resets_at).toBe(7);
  });

  test("is for the paths of its own and for its SDKs", () => {
    const [plain, sdk] = [new Headers(), new Headers({ "anthropic-version": "2023-06-01" })];
    const paths = ["/v1/messages", "/v1/messages/", "/v1/messages/nope", "/v1/messagesx", "/v1/models", "/"];
    expect(paths.map((path) => isAnthropicRequest(path, plain))).toEqual([true, true, true, false, false, false]);
    expect(paths.map((path) => isAnthropicRequest(path, sdk))).toEqual(paths.map(() => true));
  });
});

describe("the status stays the API's own when the API failed", () => {
  const statusOf = (code: ErrorCode, upstreamStatus: number) => httpStatus(new ApiError(code, "x", { upstreamStatus }));
  test("5xx and 529 pass through", () => {
    expect(statusOf("overloaded", 529)).toBe(529);
    expect(statusOf("upstream_error", 500)).toBe(500);
    expect(statusOf("upstream_error", 504)).toBe(504);
  });
  test("anything else does not", () => {
    expect(statusOf("upstream_error", 418)).toBe(502);
    expect(statusOf("upstream_error", 200)).toBe(502);
    expect(statusOf("cli_logged_out", 500)).toBe(503);
  });
});

describe("when to try again", () => {
  const NOW = 1_800_000_000_000;
  const headersOf = (code: ErrorCode, details: ConstructorParameters<typeof ApiError>[2]) => {
    const { headers } = errorResponse(new ApiError(code, "x", details), { now: NOW });
    return [headers.get("retry-after"), headers.get("x-should-retry")];
  };
  test("whole seconds, at least one", () => {
    expect(headersOf("rate_limited", { retryAfterSeconds: 12.2 })).toEqual(["13", null]);
    expect(headersOf("queue_full", { retryAfterSeconds: 0 })).toEqual(["1", null]);
  });
  test("a wait that SDKs would cut short says not to retry", () => {
    expect(headersOf("rate_limited", { retryAfterSeconds: 60 })).toEqual(["60", null]);
    expect(headersOf("rate_limited", { retryAfterSeconds: 61 })).toEqual(["61", "false"]);
  });
  test("a plan's limit counts down to its reset and tells the time", () => {
    const resetsAt = NOW / 1000 + 5 * 3600;
    expect(headersOf("plan_limit_reached", { resetsAt })).toEqual(["18000", "false"]);
    expect(openAiErrorBody(new ApiError("plan_limit_reached", "x", { resetsAt })).error.resets_at).toBe(resetsAt);
  });
  test("a reset that has passed is a second, and no figure is no header", () => {
    expect(headersOf("plan_limit_reached", { resetsAt: NOW / 1000 - 5 })).toEqual(["1", "false"]);
    expect(headersOf("overloaded", {})).toEqual([null, null]);
  });
});

test("the field an error is about is its param", () => {
  expect(openAiErrorBody(new ApiError("invalid_request", "x", { param: "messages[2]" })).error.param).toBe(
    "messages[2]",
  );
});

test("what a runtime error says stays with us", () => {
  const body = JSON.stringify(openAiErrorBody(toApiError(new Error("ENOENT /home/someone"))));
  expect(body).not.toContain("someone");
});

test("headers beside the error's own are kept", () => {
  expect(
    errorResponse(new ApiError("method_not_allowed", "x"), { headers: { allow: "GET" } }).headers.get("allow"),
  ).toBe("GET");
});
