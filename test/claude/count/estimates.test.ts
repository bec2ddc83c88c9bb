import { describe, expect, test } from "bun:test";
import { Estimates } from "../../../src/claude/count/estimates.ts";

// Written by the CLI 2.1.330.
const ESTIMATED = "2026-01-01T00:00:00.000Z [DEBUG] analyzeContext: count unavailable, estimating locally (0 tools)";
const failed = (why: string) => `2026-01-01T00:00:00.000Z [ERROR] countTokens API call failed: ${why}\n${ESTIMATED}`;
const refused = (status: number, type: string, message: string) =>
  failed(`${status} ${JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" })}`);

const ENDED = { isMarked: false };

function read(stderr: string): Estimates {
  const estimates = new Estimates();
  for (const line of stderr.split("\n")) estimates.read(line);
  estimates.end();
  return estimates;
}

test("a process has estimated where it says that it did, or that a count failed, and is not asked twice for it", () => {
  for (const [stderr, isTold] of [
    [ESTIMATED, true],
    [failed("Connection error."), true],
    ["some warning\n", false],
    ["", false],
  ] as const) {
    const estimates = read(stderr);
    expect(estimates.takeReason(ENDED) !== undefined).toBe(isTold);
    expect(estimates.takeReason(ENDED)).toBeUndefined();
  }
});

test("nobody knows whether it has, where not all that it says was read and no mark was either", () => {
  const estimates = new Estimates();
  estimates.read("some warning");
  expect(() => estimates.takeReason(ENDED)).toThrow("read to its end");
  expect(estimates.takeReason({ isMarked: true })).toBeUndefined();
  estimates.read(ESTIMATED);
  expect(estimates.takeReason(ENDED)).toBeDefined();
});

test("a mark is read once it is written, and no other is taken for it", () => {
  const estimates = new Estimates();
  let marks = 0;
  const [first, second] = [estimates.expectMark(() => marks++), estimates.expectMark(() => marks++)];
  const refuse = (server: string) =>
    `2026-01-01T00:00:00.000Z [WARN] mcp_reconnect: refused: Server not found: ${server}`;
  for (const line of [refuse(first), refuse("mark-1"), `${refuse(second)} or so`, failed(`400 ${refuse(second)}`)])
    for (const each of line.split("\n")) estimates.read(each);
  expect(marks).toBe(0);
  estimates.read(refuse(second));
  expect(marks).toBe(1);
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
    const error = read(refused(status, type, 'not "so"')).takeReason(ENDED);
    expect(error).toMatchObject({ code, upstreamStatus: status });
    if (code !== "upstream_error") expect(error?.message).not.toContain("request_id");
  });

  test("or by what the CLI knows, where there was no answer", () => {
    expect(read(failed("Connection error.")).takeReason(ENDED)).toMatchObject({
      code: "upstream_unreachable",
      message: "The Anthropic API did not count the tokens: Connection error.",
    });
    expect(read(ESTIMATED).takeReason(ENDED)).toMatchObject({ code: "upstream_unreachable" });
  });
});

test("the first refusal is told, of any length, and is bounded", () => {
  const quoted = `messages.0: ${"x".repeat(6_000)} is no "thing"`;
  const error = read(
    `${refused(400, "invalid_request_error", quoted)}\n${refused(500, "api_error", "later")}`,
  ).takeReason(ENDED);
  expect(error).toMatchObject({ code: "invalid_request", message: expect.stringContaining(quoted) });
  const { code, message = "" } =
    read(refused(400, "invalid_request_error", "y".repeat(1_000_000))).takeReason(ENDED) ?? {};
  expect<unknown>([code, message.includes(": yyy"), message.length < 25_000]).toEqual(["invalid_request", true, true]);
});
