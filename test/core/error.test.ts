import { describe, expect, test } from "bun:test";
import { ApiError, ERROR_CODES, toApiError } from "../../src/core/error.ts";

describe("toApiError", () => {
  test("gives an ApiError back as it is", () => {
    const error = new ApiError("queue_full", "full", { retryAfterSeconds: 5 });
    expect(toApiError(error)).toBe(error);
  });

  test("makes an internal error of any other error, and keeps it as the cause", () => {
    const cause = new TypeError("boom");
    const error = toApiError(cause);
    expect(error).toBeInstanceOf(ApiError);
    expect(error.code).toBe("internal_error");
    expect(error.message).toBe("Internal error: boom");
    expect(error.cause).toBe(cause);
  });

  test.each([
    ["text", "Internal error: text"],
    [undefined, "Internal error: undefined"],
    [null, "Internal error: null"],
    [42, "Internal error: 42"],
  ])("copes with %p being thrown", (thrown, message) => {
    expect(toApiError(thrown)).toMatchObject({ code: "internal_error", message });
  });
});

describe("an ApiError", () => {
  test("carries its details as fields", () => {
    const cause = new Error("why");
    const details = { param: "stop", retryAfterSeconds: 7, resetsAt: 1_700_000_000, upstreamStatus: 429, cause };
    expect(new ApiError("rate_limited", "later", details)).toMatchObject({
      name: "ApiError",
      code: "rate_limited",
      message: "later",
      ...details,
    });
  });

  test("has no cause unless one was given", () => {
    expect(Object.hasOwn(new ApiError("overloaded", "busy", { param: "x" }), "cause")).toBeFalse();
  });

  test("comes with a code that exists once", () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });
});
