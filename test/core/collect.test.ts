import { describe, expect, test } from "bun:test";
import { collect } from "../../src/core/collect.ts";
import { ApiError } from "../../src/core/error.ts";
import type { ChatEvent, Finish } from "../../src/core/event.ts";

const start: ChatEvent = { type: "response-start", id: "msg_1", model: "claude-x" };
const finish: Finish = {
  type: "finish",
  reason: { unified: "length", raw: "max_tokens" },
  usage: { inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 4, reasoningTokens: 2 },
};

async function* stream(...events: ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events;
}

describe("collect", () => {
  test("joins the deltas of all blocks, text and reasoning apart", async () => {
    const result = await collect(
      stream(
        start,
        { type: "reasoning-start", block: 0 },
        { type: "reasoning-delta", block: 0, text: "I " },
        { type: "reasoning-delta", block: 0, text: "think" },
        { type: "reasoning-end", block: 0 },
        { type: "text-start", block: 1 },
        { type: "text-delta", block: 1, text: "Hel" },
        { type: "text-delta", block: 1, text: "lo" },
        { type: "text-end", block: 1 },
        { type: "text-start", block: 2 },
        { type: "text-delta", block: 2, text: "!" },
        { type: "text-end", block: 2 },
        finish,
      ),
    );
    expect(result).toEqual({
      id: "msg_1",
      model: "claude-x",
      blocks: [
        { type: "reasoning", text: "I think" },
        { type: "text", text: "Hello" },
        { type: "text", text: "!" },
      ],
      text: "Hello!",
      reasoning: "I think",
      toolCalls: [],
      finishReason: { unified: "length", raw: "max_tokens" },
      usage: { inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 4, reasoningTokens: 2 },
    });
  });

  test("puts each call together from its own deltas, in order, whatever stands between them", async () => {
    const { blocks, text, toolCalls } = await collect(
      stream(
        start,
        { type: "tool-call-start", block: 0, id: "toolu_1", name: "f" },
        { type: "tool-call-delta", block: 0, args: '{"a"' },
        { type: "tool-call-delta", block: 0, args: ": 1}" },
        { type: "tool-call-end", block: 0 },
        { type: "text-start", block: 1 },
        { type: "text-delta", block: 1, text: "and" },
        { type: "text-end", block: 1 },
        { type: "tool-call-start", block: 2, id: "toolu_2", name: "g" },
        { type: "tool-call-delta", block: 2, args: "{" },
        { type: "tool-call-end", block: 2 },
        { ...finish, reason: { unified: "tool-calls", raw: "tool_use" } },
      ),
    );
    expect(blocks.map(({ type }) => type)).toEqual(["tool-call", "text", "tool-call"]);
    expect(text).toBe("and");
    expect(blocks.map(({ type }) => type)).toEqual(["tool-call", "text", "tool-call"]);
    expect(toolCalls).toEqual([
      { type: "tool-call", id: "toolu_1", name: "f", args: '{"a": 1}' },
      { type: "tool-call", id: "toolu_2", name: "g", args: "{" },
    ]);
  });

  test("makes an empty text of an answer without blocks, or with empty ones", async () => {
    const empty: ChatEvent[] = [
      { type: "text-start", block: 0 },
      { type: "text-end", block: 0 },
    ];
    for (const events of [[], empty]) {
      expect(await collect(stream(start, ...events, finish))).toMatchObject({ blocks: [], text: "", reasoning: "" });
    }
  });

  test("throws the stream's own error, also after text", async () => {
    const error = new ApiError("overloaded", "busy");
    const events = stream(start, { type: "text-delta", block: 0, text: "half" }, { type: "error", error });
    expect(await collect(events).catch((thrown: unknown) => thrown)).toBe(error);
  });

  test("refuses a stream that just stops: a cut answer must not pass for a whole one", async () => {
    await expect(collect(stream(start))).rejects.toThrow("ended without finish or error");
  });

  test.each<[string, ChatEvent]>([
    ["the finish", finish],
    ["an error", { type: "error", error: new ApiError("overloaded", "busy") }],
  ])("ends the iteration at %s, so that its source can clean up", async (_, last) => {
    let ended = false;
    async function* source(): AsyncGenerator<ChatEvent> {
      try {
        yield start;
        yield last;
      } finally {
        ended = true;
      }
    }
    await collect(source()).catch(() => {});
    expect(ended).toBeTrue();
  });
});
