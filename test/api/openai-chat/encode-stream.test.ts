import { describe, expect, test } from "bun:test";
import { ChatStreamEncoder } from "../../../src/api/openai-chat/encode-stream.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent, FinishReason } from "../../../src/core/event.ts";
import { EventOrder } from "../../../src/core/event-order.ts";

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
function encode(events: readonly ChatEvent[], { includeUsage = false } = {}): unknown[] {
  const order = new EventOrder();
  const encoder = new ChatStreamEncoder({ created: CREATED, includeUsage });
  const data = events.flatMap((event) => {
    order.check(event);
    return encoder.push(event);
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
  test("a text: the role, the deltas, the finish reason, [DONE]", () => {
    expect(encode([START, ...TEXT, finish()])).toEqual([
      ROLE,
      chunk({ content: "Hel" }),
      chunk({ content: 'lo\n"😀' }),
      chunk({}, "stop"),
      "[DONE]",
    ]);
  });

  test("a text with usage: null in every chunk, and the counts in one of their own, without choices", () => {
    const without = (expected: object) => ({ ...expected, usage: null });
    expect(encode([START, ...TEXT, finish()], { includeUsage: true })).toEqual([
      without(ROLE),
      without(chunk({ content: "Hel" })),
      without(chunk({ content: 'lo\n"😀' })),
      without(chunk({}, "stop")),
      {
        ...head,
        choices: [],
        usage: {
          prompt_tokens: 22,
          completion_tokens: 12,
          total_tokens: 34,
          prompt_tokens_details: { cached_tokens: 7, cache_write_tokens: 5 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      },
      "[DONE]",
    ]);
  });

  test("reasoning, then text: reasoning_content in chunks without a content key", () => {
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

  test("an answer without a word: the role and the finish reason", () => {
    expect(encode([START, finish("content-filter")])).toEqual([ROLE, chunk({}, "content_filter"), "[DONE]"]);
  });

  test.each([false, true])(
    "an error in the middle: its envelope is the last, without finish reason or [DONE] (usage: %p)",
    (includeUsage) => {
      const error = new ApiError("overloaded", "Try again in a moment.", { upstreamStatus: 529 });
      const chunks = encode([START, ...TEXT, { type: "error", error }], { includeUsage });
      expect(chunks).toHaveLength(4);
      expect(chunks.at(-1)).toEqual({
        error: { message: "Try again in a moment.", type: "server_error", param: null, code: "overloaded" },
      });
    },
  );

  test("an error before the start: its envelope alone", () => {
    const error = new ApiError("plan_limit_reached", "It resets later.", { resetsAt: 1_800_000_000 });
    expect(encode([{ type: "error", error }])).toEqual([
      {
        error: {
          message: "It resets later.",
          type: "insufficient_quota",
          param: null,
          code: "insufficient_quota",
          resets_at: 1_800_000_000,
        },
      },
    ]);
  });
});

test.each([
  ["stop", "stop"],
  ["length", "length"],
  ["content-filter", "content_filter"],
] as const)("the end %s is the finish_reason %s", (unified, finishReason) => {
  expect(encode([START, finish(unified)])[1]).toEqual(chunk({}, finishReason));
});

test("every line is a single one: a line end in the text would break the event", () => {
  const encoder = new ChatStreamEncoder({ created: CREATED, includeUsage: true });
  const lines = [START, ...TEXT, finish()].flatMap((event) => encoder.push(event));
  expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([]);
});
