import { describe, expect, test } from "bun:test";
import { hasEstimated, whyEstimated } from "../../../src/claude/count/estimates.ts";

// Written by the CLI 2.1.330.
const ESTIMATED = "2026-01-01T00:00:00.000Z [DEBUG] analyzeContext: count unavailable, estimating locally (0 tools)";
const failed = (why: string) => `2026-01-01T00:00:00.000Z [ERROR] countTokens API call failed: ${why}\n${ESTIMATED}`;
const refused = (status: number, type: string, message: string) =>
  failed(`${status} ${JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" })}`);

test("a process has estimated where it says that it did, or that a count failed", () => {
  expect(hasEstimated(ESTIMATED)).toBe(true);
  expect(hasEstimated(failed("Connection error."))).toBe(true);
  expect(hasEstimated("some warning\n")).toBe(false);
  expect(hasEstimated("")).toBe(false);
});

describe("why is told by Anthropic's status and message:", () => {
  test.each([
    [400, "invalid_request_error", "invalid_request"],
    [401, "authentication_error", "login_refused"],
    [404, "not_found_error", "model_not_found"],
    [413, "request_too_large", "request_too_large"],
    [429, "rate_limit_error", "rate_limited"],
    [500, "api_error", "upstream_error"],
  ])("%p", (status, type, code) => {
    const error = whyEstimated(refused(status, type, 'not "so"'));
    expect(error).toMatchObject({ code, upstreamStatus: status });
    if (code !== "upstream_error") expect(error.message).not.toContain("request_id");
  });

  test("or by what the CLI knows, where there was no answer", () => {
    expect(whyEstimated(failed("Connection error."))).toMatchObject({
      code: "upstream_unreachable",
      message: "The Anthropic API did not count the tokens: Connection error.",
    });
    expect(whyEstimated(ESTIMATED)).toMatchObject({ code: "upstream_unreachable" });
  });
});
