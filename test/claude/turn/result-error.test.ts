import { describe, expect, test } from "bun:test";
import { type FailureFacts, resultError } from "../../../src/claude/turn/turn-errors.ts";

const NOW = 1_700_000_000;

/** The error of a failed turn, told by these facts. */
function errorOf({
  notice,
  rateLimit,
  ...result
}: Partial<FailureFacts["result"]> & Omit<FailureFacts, "result" | "now">) {
  const facts = {
    type: "result",
    subtype: "success",
    is_error: true,
    terminal_reason: "api_error",
    ...result,
  } as const;
  return resultError({ result: facts, notice, rateLimit, now: NOW });
}

describe("the code of a failure follows from the CLI's fields:", () => {
  const table: [string, Parameters<typeof errorOf>[0], string][] = [
    ["prompt_too_long", { terminal_reason: "prompt_too_long", api_error_status: 400 }, "context_length_exceeded"],
    ["prompt_too_long by the CLI's own count", { terminal_reason: "prompt_too_long" }, "context_length_exceeded"],
    ["400", { api_error_status: 400, notice: "unknown" }, "invalid_request"],
    ["401", { api_error_status: 401, notice: "authentication_failed" }, "login_refused"],
    ["authentication_failed without a status", { notice: "authentication_failed" }, "cli_logged_out"],
    ["402", { api_error_status: 402 }, "payment_required"],
    ["billing_error", { api_error_status: 400, notice: "billing_error" }, "payment_required"],
    ["408", { api_error_status: 408, notice: "unknown" }, "upstream_error"],
    ["409", { api_error_status: 409, notice: "unknown" }, "upstream_error"],
    ["422", { api_error_status: 422, notice: "unknown" }, "invalid_request"],
    ["403", { api_error_status: 403, notice: "oauth_org_not_allowed" }, "permission_denied"],
    ["404", { api_error_status: 404, notice: "model_not_found" }, "model_not_found"],
    ["model_not_found without a status", { notice: "model_not_found" }, "model_not_found"],
    ["413", { api_error_status: 413, notice: "invalid_request" }, "request_too_large"],
    ["413 called an image error", { api_error_status: 413, terminal_reason: "image_error" }, "request_too_large"],
    ["429", { api_error_status: 429, notice: "rate_limit" }, "rate_limited"],
    ["rate_limit without a status", { notice: "rate_limit" }, "rate_limited"],
    ["500", { api_error_status: 500, notice: "server_error" }, "upstream_error"],
    ["503", { api_error_status: 503, notice: "server_error" }, "upstream_error"],
    ["529", { api_error_status: 529, notice: "server_error" }, "overloaded"],
    ["overloaded without a status", { notice: "overloaded" }, "overloaded"],
    ["server_error without a status", { notice: "server_error" }, "upstream_unreachable"],
    ["unknown without a status", { notice: "unknown" }, "upstream_unreachable"],
    ["no status and no notice", {}, "upstream_error"],
    ["an aborted turn", { subtype: "error_during_execution", terminal_reason: "aborted_streaming" }, "upstream_error"],
    ["invalid_request without a status", { notice: "invalid_request" }, "invalid_request"],
    ["oauth_org_not_allowed without a status", { notice: "oauth_org_not_allowed" }, "permission_denied"],
    ["an image that cannot be read", { terminal_reason: "image_error" }, "invalid_request"],
    ...(
      [
        ["invalid_request_error", "invalid_request"],
        ["authentication_error", "login_refused"],
        ["billing_error", "payment_required"],
        ["permission_error", "permission_denied"],
        ["not_found_error", "model_not_found"],
        ["request_too_large", "request_too_large"],
        ["rate_limit_error", "rate_limited"],
        ["api_error", "upstream_error"],
        ["timeout_error", "upstream_error"],
        ["overloaded_error", "overloaded"],
        ["some_new_error", "upstream_error"],
      ] as const
    ).map(([type, code]): [string, Parameters<typeof errorOf>[0], string] => [
      `${type} within a stream`,
      { api_error_status: null, api_error_type: type, notice: "unknown" },
      code,
    ]),
    ["a status of null", { api_error_status: null, notice: "server_error" }, "upstream_unreachable"],
  ];
  test.each(table)("%s", (_, facts, code) => {
    expect(errorOf(facts).code).toBe(code as never);
  });
});

test("an API that limits or is overloaded says when to try again, but the CLI does not, so nothing is made up", () => {
  for (const status of [429, 529]) expect(errorOf({ api_error_status: status }).retryAfterSeconds).toBeUndefined();
});

describe("the API's status", () => {
  test.each([400, 401, 403, 404, 413, 429, 500, 503, 529])("%d stays with the error", (status) => {
    expect(errorOf({ api_error_status: status }).upstreamStatus).toBe(status);
  });

  test("is the one that the CLI's notice stands for, when the CLI does not tell it", () => {
    expect(errorOf({ notice: "rate_limit" }).upstreamStatus).toBe(429);
    expect(errorOf({ notice: "overloaded" }).upstreamStatus).toBe(529);
  });

  test("is missing where the API was not reached", () => {
    expect(errorOf({ notice: "server_error" }).upstreamStatus).toBeUndefined();
  });
});

describe("the plan's own limit", () => {
  const rejected = { status: "rejected", resetsAt: NOW + 3600.2, rateLimitType: "seven_day_opus" };
  const limited = { api_error_status: 429, notice: "rate_limit" };

  test("names itself and its reset, and when to come back", () => {
    expect(errorOf({ ...limited, rateLimit: rejected })).toMatchObject({
      code: "plan_limit_reached",
      message: "The weekly Opus limit of your Claude plan is reached. It resets at 2023-11-14T23:13:20.200Z.",
      resetsAt: NOW + 3600.2,
      retryAfterSeconds: 3601,
      upstreamStatus: 429,
    });
  });

  test("is called the usage limit when the CLI does not say which", () => {
    const { message } = errorOf({ ...limited, rateLimit: { status: "rejected", resetsAt: NOW } });
    expect(message).toStartWith("The usage limit of your Claude plan is reached.");
  });

  test("that has just been reset is worth a retry in a second", () => {
    expect(errorOf({ ...limited, rateLimit: { status: "rejected", resetsAt: NOW - 60 } }).retryAfterSeconds).toBe(1);
  });

  test.each(["allowed", "allowed_warning"])("is not what made the API refuse, while the plan is %s", (status) => {
    const error = errorOf({ ...limited, rateLimit: { status, resetsAt: NOW + 3600, rateLimitType: "five_hour" } });
    expect(error).toMatchObject({ code: "rate_limited", resetsAt: undefined, retryAfterSeconds: undefined });
  });

  test("without a reset is a limit of the moment", () => {
    expect(errorOf({ ...limited, rateLimit: { status: "rejected" } }).code).toBe("rate_limited");
  });

  test("with a reset beyond all calendars is an error to tell, not a crash", () => {
    expect(errorOf({ ...limited, rateLimit: { status: "rejected", resetsAt: 1e15 } }).code).toBe("plan_limit_reached");
  });
});

describe("the message", () => {
  test("gives the CLI's explanation, without its prefix", () => {
    expect(errorOf({ api_error_status: 400, result: "API Error: 400 messages.0: bad thing" }).message).toBe(
      "The Anthropic API refused the request: 400 messages.0: bad thing",
    );
  });

  test("of a refused login says how to mend it", () => {
    expect(errorOf({ api_error_status: 401, result: "invalid bearer token" }).message).toBe(
      "The Anthropic API refused the Claude CLI's login (invalid bearer token). Run `claude` and log in again with /login.",
    );
  });

  test("names the field for a model that the account does not have", () => {
    expect(errorOf({ api_error_status: 404 }).param).toBe("model");
  });

  test.each([
    [
      400,
      "extra_usage_only",
      "API Error: 400 Third-party apps now draw from your extra usage, not your plan limits. Claim it and keep going.",
    ],
    [
      400,
      "extra_usage_exhausted",
      "API Error: 400 You're out of extra usage. Add more at claude.ai/settings/usage and keep going.",
    ],
    [
      429,
      "extra_usage_required",
      "API Error: Usage credits required for 1M context · turn on usage credits at claude.ai/settings/usage",
    ],
    [429, "extra_usage_required", "API Error: Extra usage is required for long context requests."],
  ])("of %d that asks for money is not one to try again: %s, %s", (status, code, result) => {
    const notice = status === 429 ? "rate_limit" : "unknown";
    const error = errorOf({ api_error_status: status, notice, result, rateLimit: { status: "rejected" } });
    expect(error).toMatchObject({ code, upstreamStatus: status });
    expect(error.message).toContain(result.replace("API Error: ", ""));
  });

  test("that quotes such words asks for nothing", () => {
    const result = "API Error: 400 tools.0: 'Extra usage is required for' is no name";
    expect(errorOf({ api_error_status: 400, result }).code).toBe("invalid_request");
  });

  test("else never decides about the code: prose that sounds like a limit is no limit", () => {
    expect(errorOf({ api_error_status: 500, result: "You've hit your 5-hour limit · resets 4:47am" }).code).toBe(
      "upstream_error",
    );
  });

  test("names the way the turn ended when nothing else is known", () => {
    expect(errorOf({ terminal_reason: "model_error", result: "bad model" }).message).toBe(
      "The Claude CLI could not answer (model_error): bad model",
    );
    expect(errorOf({ terminal_reason: null, subtype: "error_max_turns" }).message).toContain("(error_max_turns)");
  });
});
