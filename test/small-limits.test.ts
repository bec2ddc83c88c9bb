import { expect, test } from "bun:test";
import { presumedFacts } from "../src/claude/models/facts.ts";
import { fitToModel } from "../src/claude/pool/request-settings.ts";
import type { ChatRequest } from "../src/core/request.ts";
import { decode as decodeMessage } from "./api/anthropic-messages/decode-body.ts";
import { decode as decodeChat } from "./api/openai-chat/decode-body.ts";
import { decode as decodeResponse } from "./api/openai-responses/decode-body.ts";

// Of so few tokens thinking may take all: in every dialect. One of each through the real CLI: test/e2e/dialect-parameters.test.ts.

const LITTLE = { effort: "none", thinkingOff: "between_tools" } as const;
const OWN = { effort: undefined, thinkingOff: undefined } as const;
const HIGH = { effort: "high", thinkingOff: undefined } as const;

type Wish = Pick<ReturnType<typeof fitToModel>, "effort" | "thinkingOff">;

test.each<[string, ChatRequest, Wish, number]>([
  ["a chat's least", decodeChat({ max_tokens: 1 }).request, LITTLE, 1],
  ["a chat's in its new name", decodeChat({ max_completion_tokens: 1_024 }).request, LITTLE, 1_024],
  ["a chat's that is no longer small", decodeChat({ max_tokens: 1_025 }).request, OWN, 1_025],
  ["a chat's with an effort", decodeChat({ max_tokens: 20, reasoning_effort: "high" }).request, HIGH, 20],
  ["a response's", decodeResponse({ max_output_tokens: 16 }).request, LITTLE, 16],
  [
    "a response's with an effort",
    decodeResponse({ max_output_tokens: 16, reasoning: { effort: "high" } }).request,
    HIGH,
    16,
  ],
  ["a message's", decodeMessage({ max_tokens: 5 }).request, LITTLE, 5],
  ["a message's with an effort", decodeMessage({ max_tokens: 5, output_config: { effort: "high" } }).request, HIGH, 5],
  [
    "a message's that is not to think",
    decodeMessage({ max_tokens: 5, thinking: { type: "disabled" } }).request,
    LITTLE,
    5,
  ],
  [
    "a message's of any size that is not to think",
    decodeMessage({ max_tokens: 5_000, thinking: { type: "disabled" } }).request,
    LITTLE,
    5_000,
  ],
  ["a message's that is no longer small", decodeMessage({ max_tokens: 5_000 }).request, OWN, 5_000],
])(
  "a small limit makes the model think as little as it can, unless an effort is asked for: %s",
  (_, request, fit, limit) => {
    const { effort, thinkingOff } = fitToModel(request, presumedFacts("claude-sonnet-5-5"));
    expect<unknown>({ effort, thinkingOff, limit: request.maxOutputTokens }).toEqual({ ...fit, limit });
  },
);
