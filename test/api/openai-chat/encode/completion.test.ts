import { describe, expect, test } from "bun:test";
import { type CallShape, encodeResult as encode } from "../../../../src/api/openai-chat/encode/completion.ts";
import type { ChatResult } from "../../../../src/core/collect.ts";

/** A result whose one text is `text`. */
const ofText = (result: ChatResult): ChatResult => ({ ...result, blocks: [{ type: "text", text: result.text }] });
const encodeResult = (result: ChatResult, created: number, callShape: CallShape = "tool_calls") =>
  encode([ofText(result)], { created, callShape });

const RESULT: ChatResult = {
  id: "msg_01AbC",
  model: "claude-opus-5-5",
  blocks: [{ type: "text", text: "Hello" }],
  text: "Hello",
  reasoning: "",
  toolCalls: [],
  finishReason: { unified: "stop", raw: "end_turn" },
  usage: { inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 12 },
};

describe("the message", () => {
  const messageOf = (fields: Partial<ChatResult>) => encodeResult({ ...RESULT, ...fields }, 0).choices[0]?.message;

  const CALLS = [
    { type: "tool-call", id: "toolu_1", name: "f", args: '{"a": 1 }' },
    { type: "tool-call", id: "toolu_2", name: "g", args: "not JSON" },
  ] as const;
  const tool_calls = [
    { id: "toolu_1", type: "function", function: { name: "f", arguments: '{"a": 1 }' } },
    { id: "toolu_2", type: "function", function: { name: "g", arguments: "not JSON" } },
  ];

  test("of calls alone has the content null, and the arguments as the model wrote them", () => {
    expect(messageOf({ text: "", toolCalls: CALLS })).toEqual({
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls,
    });
  });

  test("has the one function call of old when the client asked in that form", () => {
    const toolCalls = CALLS.slice(0, 1);
    const result = {
      ...RESULT,
      text: "",
      toolCalls,
      finishReason: { unified: "tool-calls", raw: "tool_use" } as const,
    };
    expect(encodeResult(result, 0, "function_call").choices).toEqual([
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          refusal: null,
          function_call: { name: "f", arguments: '{"a": 1 }' },
        },
        logprobs: null,
        finish_reason: "function_call",
      },
    ]);
  });

  test("of an empty answer is an empty text, never null: clients take null for a tool call", () => {
    expect(messageOf({ text: "" })).toEqual({ role: "assistant", content: "", refusal: null });
  });
});

test.each([
  ["stop", "stop"],
  ["length", "length"],
  ["tool-calls", "tool_calls"],
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

test("several results are one completion: a choice each, the head of the first, the sum of what they took", () => {
  const second: ChatResult = {
    ...RESULT,
    id: "msg_2",
    text: "Bye",
    usage: { inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 4, reasoningTokens: 2 },
  };
  const { id, choices, usage } = encode([RESULT, ofText(second)], { created: 0, callShape: "tool_calls" });
  expect(id).toBe("chatcmpl-01AbC");
  expect(choices.map(({ index, message: { content } }) => [index, content])).toEqual([
    [0, "Hello"],
    [1, "Bye"],
  ]);
  expect(usage).toEqual({
    prompt_tokens: 28,
    completion_tokens: 16,
    total_tokens: 44,
    prompt_tokens_details: { cached_tokens: 9, cache_write_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 2 },
  });
});

test("an id in another form than the API's keeps all its characters", () => {
  expect(encodeResult({ ...RESULT, id: "gen_msg_1" }, 0).id).toBe("chatcmpl-gen_msg_1");
});

test("a call of a custom tool has its text", () => {
  const toolCalls = [{ type: "tool-call" as const, id: "a", name: "patch", args: '{"input":"x"}' }];
  const { choices } = encode([{ ...RESULT, toolCalls }], {
    created: 0,
    callShape: "tool_calls",
    customTools: new Set(["patch"]),
  });
  expect(choices[0]?.message).toMatchObject({
    tool_calls: [{ id: "a", type: "custom", custom: { name: "patch", input: "x" } }],
  });
});
