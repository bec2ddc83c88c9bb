import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ChatStreamEncoder, type StreamOptions } from "../../../../src/api/openai-chat/encode/stream.ts";
import type { ChatEvent, FinishReason } from "../../../../src/core/event.ts";
import { anyCharacter } from "../../../support/any-character.ts";
import { EventOrder } from "../../../support/event-order.ts";

const CREATED = 1_700_000_000;
const START: ChatEvent = { type: "response-start", id: "msg_01AbC", model: "claude-opus-5-5" };
const TEXT: ChatEvent[] = [
  { type: "text-start", block: 0 },
  { type: "text-delta", block: 0, text: "Hel" },
  { type: "text-delta", block: 0, text: 'lo\n"😀' },
  { type: "text-end", block: 0 },
];
const finish = (unified: FinishReason["unified"] = "stop"): ChatEvent => ({
  type: "finish",
  reason: { unified, raw: "raw" },
  usage: { inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 12, reasoningTokens: 3 },
});

/** A legal stream through the encoder: what each `data:` line holds. */
function encode(
  events: readonly ChatEvent[],
  { includeUsage = false, callShape = "tool_calls", customTools }: Partial<StreamOptions> = {},
): unknown[] {
  const order = new EventOrder();
  const encoder = new ChatStreamEncoder({ created: CREATED, includeUsage, callShape, customTools, choices: 1 });
  const data = events.flatMap((event) => {
    order.check(event);
    return encoder.push(event, 0);
  });
  order.end();
  return data.map((line) => (line === "[DONE]" ? line : JSON.parse(line)));
}

const head = { id: "chatcmpl-01AbC", object: "chat.completion.chunk", created: CREATED, model: "claude-opus-5-5" };
const chunk = (delta: object, finishReason: string | null = null) => ({
  ...head,
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
});
const ROLE = chunk({ role: "assistant", content: "", refusal: null });

describe("the whole output for", () => {
  test("a call of a custom tool, beside one of a function: its text while it is written", () => {
    const call = (block: number, name: string, ...pieces: string[]): ChatEvent[] => [
      { type: "tool-call-start", block, id: `toolu_${block}`, name },
      ...pieces.map((args): ChatEvent => ({ type: "tool-call-delta", block, args })),
      { type: "tool-call-end", block },
    ];
    const events = [
      START,
      ...call(0, "patch", '{"inp', 'ut":"a\\n', '\\"b"', "}"),
      ...call(1, "f", "{}"),
      finish("tool-calls"),
    ];
    const told = (index: number, delta: object) => chunk({ tool_calls: [{ index, ...delta }] });
    expect(encode(events, { customTools: new Set(["patch"]) })).toEqual([
      ROLE,
      told(0, { id: "toolu_0", type: "custom", custom: { name: "patch", input: "" } }),
      told(0, { custom: { input: "a\n" } }),
      told(0, { custom: { input: '"b' } }),
      told(1, { id: "toolu_1", type: "function", function: { name: "f", arguments: "" } }),
      told(1, { function: { arguments: "{}" } }),
      chunk({}, "tool_calls"),
      "[DONE]",
    ]);
  });

  test("a text: the role, the deltas, the finish reason, [DONE]", () => {
    expect(encode([START, ...TEXT, finish()])).toEqual([
      ROLE,
      chunk({ content: "Hel" }),
      chunk({ content: 'lo\n"😀' }),
      chunk({}, "stop"),
      "[DONE]",
    ]);
  });

  test("reasoning, then text: in chunks without a content key", () => {
    const events: ChatEvent[] = [
      START,
      { type: "reasoning-start", block: 0 },
      { type: "reasoning-delta", block: 0, text: "I " },
      { type: "reasoning-delta", block: 0, text: "think" },
      { type: "reasoning-end", block: 0 },
      { type: "text-start", block: 1 },
      { type: "text-delta", block: 1, text: "so" },
      { type: "text-end", block: 1 },
      finish(),
    ];
    expect(encode(events)).toEqual([
      ROLE,
      chunk({ reasoning_content: "I " }),
      chunk({ reasoning_content: "think" }),
      chunk({ content: "so" }),
      chunk({}, "stop"),
      "[DONE]",
    ]);
  });

  test("signed thinking as a whole, in its place, once something comes of it", () => {
    const thought = (block: number, signature: string): ChatEvent[] => [
      { type: "reasoning-start", block },
      { type: "reasoning-delta", block, text: "I " },
      { type: "reasoning-delta", block, text: "think" },
      { type: "reasoning-end", block, signature },
    ];
    const sealed: ChatEvent[] = [
      { type: "native-start", block: 1, content: { type: "redacted_thinking", data: "sealed" } },
      { type: "native-end", block: 1 },
    ];
    const text: ChatEvent[] = [
      { type: "text-start", block: 2 },
      { type: "text-delta", block: 2, text: "so" },
      { type: "text-end", block: 2 },
    ];
    const detail = (index: number, signature: string) => ({
      type: "reasoning.text",
      text: "I think",
      signature,
      format: "anthropic-claude-v1",
      index,
    });
    const spoken = [chunk({ reasoning_content: "I " }), chunk({ reasoning_content: "think" })];
    expect(encode([START, ...thought(0, "a"), ...sealed, ...text, ...thought(3, "b"), finish()])).toEqual([
      ROLE,
      ...spoken,
      chunk({
        reasoning_details: [
          detail(0, "a"),
          { type: "reasoning.encrypted", data: "sealed", format: "anthropic-claude-v1", index: 1 },
        ],
      }),
      chunk({ content: "so" }),
      ...spoken,
      chunk({ reasoning_details: [detail(3, "b")] }),
      chunk({}, "stop"),
      "[DONE]",
    ]);
  });

  const CALLS: ChatEvent[] = [
    { type: "tool-call-start", block: 1, id: "toolu_1", name: "get_weather" },
    { type: "tool-call-delta", block: 1, args: '{"city":' },
    { type: "tool-call-delta", block: 1, args: ' "Rome"}' },
    { type: "tool-call-end", block: 1 },
  ];

  test("a call in the form of old: one function_call, and its finish reason", () => {
    expect(encode([START, ...CALLS, finish("tool-calls")], { callShape: "function_call" })).toEqual([
      ROLE,
      chunk({ function_call: { name: "get_weather", arguments: "" } }),
      chunk({ function_call: { arguments: '{"city":' } }),
      chunk({ function_call: { arguments: ' "Rome"}' } }),
      chunk({}, "function_call"),
      "[DONE]",
    ]);
  });
});

test.each([
  ["stop", "stop"],
  ["length", "length"],
  ["tool-calls", "tool_calls"],
  ["content-filter", "content_filter"],
] as const)("the end %s is the finish_reason %s", (unified, finishReason) => {
  expect(encode([START, finish(unified)])[1]).toEqual(chunk({}, finishReason));
});

test("every line is a single one: a line end in the text would break the event", () => {
  const encoder = new ChatStreamEncoder({ created: CREATED, includeUsage: true, callShape: "tool_calls", choices: 1 });
  const lines = [START, ...TEXT, finish()].flatMap((event) => encoder.push(event, 0));
  expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([]);
});

test("several choices share one head, and have a role and an end each, one usage and one [DONE]", () => {
  const encoder = new ChatStreamEncoder({ created: CREATED, includeUsage: true, callShape: "tool_calls", choices: 2 });
  const text = (content: string): ChatEvent => ({ type: "text-delta", block: 0, text: content });
  const call = (id: string): ChatEvent => ({ type: "tool-call-start", block: 1, id, name: "f" });
  const events: [number, ChatEvent][] = [
    [1, START],
    [1, text("a")],
    [0, { type: "response-start", id: "msg_other", model: "other" }],
    [0, text("b")],
    [0, call("toolu_0")],
    [1, call("toolu_1")],
    [1, finish("tool-calls")],
    [0, finish("length")],
  ];
  const lines = events.flatMap(([choice, event]) => encoder.push(event, choice));
  expect(lines.pop()).toBe("[DONE]");
  const chunks = lines.map((line) => JSON.parse(line));
  expect(chunks.map(({ id, model, created }) => ({ id, model, created }))).toEqual(
    chunks.map(() => ({ id: head.id, model: head.model, created: CREATED })),
  );
  expect(chunks.pop()).toMatchObject({ choices: [], usage: { prompt_tokens: 44, completion_tokens: 24 } });
  const started = (id: string) => ({
    tool_calls: [{ index: 0, id, type: "function", function: { name: "f", arguments: "" } }],
  });
  expect(chunks.map(({ choices: [{ index, delta, finish_reason }] }) => [index, delta, finish_reason])).toEqual([
    [1, { role: "assistant", content: "", refusal: null }, null],
    [1, { content: "a" }, null],
    [0, { role: "assistant", content: "", refusal: null }, null],
    [0, { content: "b" }, null],
    [0, started("toolu_0"), null],
    [1, started("toolu_1"), null],
    [1, {}, "tool_calls"],
    [0, {}, "length"],
  ]);
});

test("however the model's arguments are split, their deltas make them up", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: anyCharacter })), (pieces) => {
      const deltas = pieces.map((args): ChatEvent => ({ type: "tool-call-delta", block: 0, args }));
      const encoder = new ChatStreamEncoder({ created: 0, includeUsage: false, callShape: "tool_calls", choices: 1 });
      const start: ChatEvent = { type: "tool-call-start", block: 0, id: "toolu_1", name: "f" };
      const lines = [START, start, ...deltas].flatMap((event) => encoder.push(event, 0));
      const calls = lines.slice(1).map((line) => JSON.parse(line).choices[0].delta.tool_calls[0]);
      expect(calls.map((call) => call.function.arguments).join("")).toBe(pieces.join(""));
      expect(calls.filter((call) => "id" in call || "type" in call || "name" in call.function)).toHaveLength(1);
    }),
  );
});
