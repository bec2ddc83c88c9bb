import { describe, expect, test } from "bun:test";
import { isThinkingRefusal } from "../../../src/claude/thinking/thinking-refusal.ts";
import { ApiError } from "../../../src/core/error.ts";

const refusal = (said: string, upstreamStatus = 400) =>
  new ApiError("invalid_request", `The Anthropic API refused the request: 400 ${said}`, { upstreamStatus });

describe("a refusal is of thinking that comes back", () => {
  test.each([
    "messages.1.content.0: Invalid `signature` in `thinking` block",
    "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation.",
    "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    "messages.3.content.1: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.",
    "messages.1.content.0.thinking.signature: Field required",
  ])("where it says %p", (said) => {
    expect(isThinkingRefusal(refusal(said))).toBe(true);
  });

  test.each([
    '"thinking.type.disabled" is not supported for this model.',
    "messages: at least one message is required",
    "tools.0.name: the signature of a thinking tool",
  ])("and not where it says %p", (said) => {
    expect(isThinkingRefusal(refusal(said))).toBe(false);
  });

  test("and no failure of another kind", () => {
    const said = "Invalid `signature` in `thinking` block";
    expect(isThinkingRefusal(refusal(said, 500))).toBe(false);
    expect(isThinkingRefusal(new ApiError("upstream_error", said, { upstreamStatus: 400 }))).toBe(false);
  });
});
