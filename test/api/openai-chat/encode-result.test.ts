import { describe, expect, test } from "bun:test";
import { encodeResult } from "../../../src/api/openai-chat/encode-result.ts";
import type { ChatResult } from "../../../src/core/collect.ts";

const RESULT: ChatResult = {
  id: "msg_01AbC",
  model: "claude-opus-5-5",
  text: "Hello",
  reasoning: "",
  toolCalls: [],
  finishReason: { unified: "stop", raw: "end_turn" },
  usage: { inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 12 },
};

test("a finished completion is exactly this object", () => {
  expect(encodeResult(RESULT, 1_700_000_000)).toEqual({
    id: "chatcmpl-01AbC",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "claude-opus-5-5",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: 22,
      completion_tokens: 12,
      total_tokens: 34,
      prompt_tokens_details: { cached_tokens: 7, cache_write_tokens: 5 },
    },
  });
});

describe("the message", () => {
  const messageOf = (fields: Partial<ChatResult>) => encodeResult({ ...RESULT, ...fields }, 0).choices[0]?.message;

  test("holds the reasoning, when there is any", () => {
    expect(messageOf({ reasoning: "I think" })).toEqual({
      role: "assistant",
      content: "Hello",
      refusal: null,
      reasoning_content: "I think",
    });
  });

  test("of an empty answer is an empty text, never null: clients take null for a tool call", () => {
    expect(messageOf({ text: "" })).toEqual({ role: "assistant", content: "", refusal: null });
  });
});

test.each([
  ["stop", "stop"],
  ["length", "length"],
  ["content-filter", "content_filter"],
] as const)("the end %s is the finish_reason %s", (unified, finishReason) => {
  const result = encodeResult({ ...RESULT, finishReason: { unified, raw: "raw" } }, 0);
  expect(result.choices[0]?.finish_reason).toBe(finishReason);
});

test.each([0, 9])("%d tokens of thinking are told, when the API told them", (reasoningTokens) => {
  const { usage } = encodeResult({ ...RESULT, usage: { ...RESULT.usage, reasoningTokens } }, 0);
  expect(usage).toMatchObject({
    completion_tokens: 12,
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  });
});

test("an id in another form than the API's keeps all its characters", () => {
  expect(encodeResult({ ...RESULT, id: "gen_msg_1" }, 0).id).toBe("chatcmpl-gen_msg_1");
});
