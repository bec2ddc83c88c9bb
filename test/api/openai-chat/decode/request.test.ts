import { describe, expect, test } from "bun:test";
import { REASONING_EFFORTS } from "../../../../src/core/request.ts";
import { decode } from "../decode-body.ts";

test("the smallest body asks for nothing special", () => {
  expect(decode({ model: "openai/gpt-4o", messages: [{ role: "user", content: "hi" }] })).toEqual({
    request: {
      model: "openai/gpt-4o",
      system: "",
      turns: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
      maxOutputTokens: undefined,
      effort: undefined,
      stop: [],
      outputFormat: undefined,
      tools: [],
      toolChoice: { type: "auto" },
      parallelToolCalls: true,
    },
    choices: 1,
    stream: false,
    includeUsage: false,
    callShape: "tool_calls",
    customTools: new Set(),
    ignored: [],
    missingImages: new Map(),
  });
});

test("null says of every optional field that it is not there", () => {
  const fields = [
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "reasoning_effort",
    "stop",
    "n",
    "response_format",
    "modalities",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
    "function_call",
    "temperature",
    "seed",
    "user",
  ];
  expect(decode(Object.fromEntries(fields.map((field) => [field, null])))).toEqual(decode({}));
});

describe("the token limit is", () => {
  test.each<[string, object, number | undefined]>([
    ["max_tokens", { max_tokens: 5 }, 5],
    ["max_completion_tokens", { max_completion_tokens: 6 }, 6],
    ["max_completion_tokens, when both are there", { max_tokens: 5, max_completion_tokens: 6 }, 6],
    ["max_tokens, when the other is null", { max_tokens: 5, max_completion_tokens: null }, 5],
    ["left to the model, when none is there", {}, undefined],
  ])("%s", (_, fields, limit) => {
    expect(decode(fields).request.maxOutputTokens).toBe(limit);
  });
});

describe("stop texts are", () => {
  test.each<[string, unknown, string[]]>([
    ["a single one", "END", ["END"]],
    ["a list, in its order", ["b", "a"], ["b", "a"]],
    ["kept when they are white space", ["\n\n"], ["\n\n"]],
    ["none when empty: an empty text would end every answer", "", []],
    ["without the empty ones of a list", ["", "END", ""], ["END"]],
    ["none in an empty list", [], []],
  ])("%s", (_, stop, stops) => {
    expect(decode({ stop }).request.stop).toEqual(stops);
  });
});

test.each(REASONING_EFFORTS)("the effort %s is passed on", (effort) => {
  expect(decode({ reasoning_effort: effort }).request.effort).toBe(effort);
});

describe("the usage chunk is sent", () => {
  test.each<[string, object, { stream: boolean; includeUsage: boolean }]>([
    [
      "when a stream asks for it",
      { stream: true, stream_options: { include_usage: true } },
      { stream: true, includeUsage: true },
    ],
    ["not when a stream does not ask", { stream: true }, { stream: true, includeUsage: false }],
    [
      "not when a stream declines it",
      { stream: true, stream_options: { include_usage: false } },
      { stream: true, includeUsage: false },
    ],
    [
      "not when a stream leaves it open",
      { stream: true, stream_options: { include_usage: null } },
      { stream: true, includeUsage: false },
    ],
    [
      "not without a stream",
      { stream: false, stream_options: { include_usage: true } },
      { stream: false, includeUsage: false },
    ],
  ])("%s", (_, fields, expected) => {
    expect(decode(fields)).toMatchObject(expected);
  });
});
