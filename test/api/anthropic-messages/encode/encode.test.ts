import { describe, expect, test } from "bun:test";
import { type AnswerOptions, encodeResult } from "../../../../src/api/anthropic-messages/encode/message.ts";
import { MessageStreamEncoder } from "../../../../src/api/anthropic-messages/encode/stream.ts";
import { decodeInput, encodeInput } from "../../../../src/api/anthropic-messages/wire/tool-input.ts";
import { collect } from "../../../../src/core/collect.ts";
import type { ChatEvent, FinishReason } from "../../../../src/core/event.ts";
import { EventOrder } from "../../../support/event-order.ts";

const START: ChatEvent = { type: "response-start", id: "msg_1", model: "claude-opus-5-5" };
const REASONING: ChatEvent[] = [
  { type: "reasoning-start", block: 0 },
  { type: "reasoning-delta", block: 0, text: "I " },
  { type: "reasoning-delta", block: 0, text: "think" },
  { type: "reasoning-end", block: 0 },
];
const TEXT: ChatEvent[] = [
  { type: "text-start", block: 1 },
  { type: "text-delta", block: 1, text: "Hel" },
  { type: "text-delta", block: 1, text: 'lo\n"😀' },
  { type: "text-end", block: 1 },
];
const CALL: ChatEvent[] = [
  { type: "tool-call-start", block: 2, id: "toolu_1", name: "f" },
  { type: "tool-call-delta", block: 2, args: '{"a":' },
  { type: "tool-call-delta", block: 2, args: "1}" },
  { type: "tool-call-end", block: 2 },
];
const finish = (unified: FinishReason["unified"] = "stop", raw = "end_turn", stopText?: string): ChatEvent => ({
  type: "finish",
  reason: { unified, raw, stopText },
  usage: { inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 12, reasoningTokens: 3 },
});
const USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 5,
  cache_read_input_tokens: 7,
  output_tokens: 12,
  output_tokens_details: { thinking_tokens: 3 },
};

const OPTIONS: AnswerOptions = { stop: [], thinking: "words" };

function encode(events: ChatEvent[], options = OPTIONS) {
  const order = new EventOrder();
  const encoder = new MessageStreamEncoder(options);
  const told = events.flatMap((event) => {
    order.check(event);
    return encoder.push(event);
  });
  order.end();
  return told;
}

async function* play(events: ChatEvent[]) {
  yield* events;
}
const answer = async (events: ChatEvent[], options: Parameters<typeof encodeResult>[1] = OPTIONS) =>
  encodeResult(await collect(play(events)), options);

const MESSAGE_START = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-opus-5-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 },
  },
};
const blockOf = (index: number, content_block: object, ...deltas: object[]) => [
  { type: "content_block_start", index, content_block },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];
const TEXT_DELTAS = ["Hel", 'lo\n"😀'].map((text) => ({ type: "text_delta", text }));
const end = (stop_reason: string, stop_sequence: string | null = null) => [
  { type: "message_delta", delta: { stop_reason, stop_sequence }, usage: USAGE },
  { type: "message_stop" },
];

describe("a stream is", () => {
  test("without thinking that nobody asked for; the blocks are counted without it", () => {
    expect<object[]>(encode([START, ...REASONING, ...TEXT, finish()], { ...OPTIONS, thinking: "none" })).toEqual([
      MESSAGE_START,
      ...blockOf(0, { type: "text", text: "" }, ...TEXT_DELTAS),
      ...end("end_turn"),
    ]);
  });

  test("begun with the prompt's counts, where the API tells them", () => {
    const usage = { inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 1 };
    const [start] = encode([{ type: "response-start", id: "msg_1", model: "claude-opus-5-5", usage }, finish()]);
    expect<object | undefined>(start).toEqual({
      ...MESSAGE_START,
      message: {
        ...MESSAGE_START.message,
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 5,
          cache_read_input_tokens: 7,
          output_tokens: 1,
        },
      },
    });
  });
});

describe("what was thought is told", () => {
  const REDACTED: ChatEvent[] = [
    { type: "native-start", block: 7, content: { type: "redacted_thinking", data: "sealed" } },
    { type: "native-end", block: 7 },
  ];
  const signed = REASONING.map((event) => (event.type === "reasoning-end" ? { ...event, signature: "c2ln" } : event));
  const events = [START, ...signed, ...REDACTED, ...TEXT, finish()];
  const words = signed.map((event) => (event.type === "reasoning-delta" ? event.text : "")).join("");
  const sealed = { type: "redacted_thinking", data: "sealed" };
  const thought = (thinking: string) => ({ type: "thinking", thinking, signature: "c2ln" });
  test.each<[string, AnswerOptions["thinking"], object[]]>([
    ["with its words and its signature", "words", [thought(words), sealed]],
    ["by its signature alone, where it is to be omitted", "omitted", [thought(""), sealed]],
    ["not at all", "none", []],
  ])("%s, streamed or not", async (_, thinking, expected) => {
    const options = { ...OPTIONS, thinking };
    const { content } = await answer(events, options);
    expect<object[]>(content.slice(0, -1)).toEqual(expected);
    const told = encode(events, options);
    const starts = told.flatMap((event) => (event.type === "content_block_start" ? [event.content_block] : []));
    expect(starts.length).toBe(expected.length + 1);
    expect(told.some((event) => JSON.stringify(event).includes("c2ln"))).toBe(thinking !== "none");
    expect(told.some((event) => JSON.stringify(event).includes("thinking_delta"))).toBe(thinking === "words");
  });

  test("by its signature, and not where it has none", async () => {
    const options: AnswerOptions = { ...OPTIONS, thinking: "omitted" };
    expect((await answer([START, ...REASONING, finish()], options)).content).toEqual([]);
    expect(encode([START, ...REASONING, finish()], options)).toEqual(encode([START, finish()], options));
  });
});

describe("a message", () => {
  test("has no block for what is not there, or was not asked for", async () => {
    expect((await answer([START, ...REASONING, finish()], { stop: [], thinking: "none" })).content).toEqual([]);
  });
});

test("several texts, and what stands between calls, are blocks of their own, in their order", async () => {
  const events = [START, ...TEXT, ...CALL, ...TEXT.map((event) => ({ ...event, block: 3 })), finish()];
  const { content } = await answer(events);
  expect(content.map((block) => Reflect.get(block, "type"))).toEqual(["text", "tool_use", "text"]);
});

test("a block without a word is none, streamed or not", async () => {
  const wordless: ChatEvent[] = [
    { type: "reasoning-start", block: 5 },
    { type: "reasoning-end", block: 5 },
    { type: "text-start", block: 6 },
    { type: "text-delta", block: 6, text: "" },
    { type: "text-end", block: 6 },
  ];
  expect(encode([START, ...wordless, ...TEXT, finish()])).toEqual(encode([START, ...TEXT, finish()]));
  expect(await answer([START, ...wordless, ...TEXT, finish()])).toEqual(await answer([START, ...TEXT, finish()]));
});

describe("an answer ends", () => {
  const reasons: [string, ChatEvent, readonly string[], string, string | null][] = [
    ["by itself", finish(), ["END"], "end_turn", null],
    ["at the limit", finish("length", "max_tokens"), [], "max_tokens", null],
    [
      "where the context is full",
      finish("length", "model_context_window_exceeded"),
      [],
      "model_context_window_exceeded",
      null,
    ],
    ["at the stop sequence", finish("stop", "stop_sequence"), ["END"], "stop_sequence", "END"],
    [
      "at a stop sequence that is told",
      finish("stop", "stop_sequence", "STOP"),
      ["END", "STOP"],
      "stop_sequence",
      "STOP",
    ],
    ["at one of several, untold", finish("stop", "stop_sequence"), ["END", "STOP"], "stop_sequence", null],
    ["refused", finish("content-filter", "refusal"), ["END"], "refusal", null],
    ["with structured output", finish("stop", "tool_use"), [], "end_turn", null],
    ["for a reason yet unknown", finish("stop", "novel"), [], "end_turn", null],
  ];
  test.each(reasons)("%s", async (_, event, stop, stop_reason, stop_sequence) => {
    const options = { ...OPTIONS, stop };
    expect(await answer([START, event], options)).toMatchObject({ stop_reason, stop_sequence });
    const encoder = new MessageStreamEncoder(options);
    expect<object[]>(encoder.push(event)).toEqual(end(stop_reason, stop_sequence));
  });
});

describe("arguments as input", () => {
  test.each(['{"a":1}', "{}", '{"INVALID_JSON":7}', '{"INVALID_JSON":"x","b":1}', '{"INVALID_JSON":"{}"}'])(
    "are the object: %s",
    (args) => {
      expect<unknown>(encodeInput(args)).toEqual(JSON.parse(args));
      expect(decodeInput(encodeInput(args))).toBe(args);
    },
  );

  test.each(['{"a":', "[1]", "null", "7", ""])(
    "that are none stand under a key, and come back as they were: %p",
    (args) => {
      expect(encodeInput(args)).toEqual({ INVALID_JSON: args });
      expect(decodeInput(encodeInput(args))).toBe(args);
    },
  );
});
