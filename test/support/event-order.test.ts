import { describe, expect, test } from "bun:test";
import { ApiError } from "../../src/core/error.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { EventOrder } from "./event-order.ts";

const start: ChatEvent = { type: "response-start", id: "msg_1", model: "m" };
const textStart = (block: number): ChatEvent => ({ type: "text-start", block });
const textDelta = (block: number): ChatEvent => ({ type: "text-delta", block, text: "t" });
const textEnd = (block: number): ChatEvent => ({ type: "text-end", block });
const reasoningStart = (block: number): ChatEvent => ({ type: "reasoning-start", block });
const reasoningDelta = (block: number): ChatEvent => ({ type: "reasoning-delta", block, text: "r" });
const reasoningEnd = (block: number): ChatEvent => ({ type: "reasoning-end", block });
const callStart = (block: number): ChatEvent => ({ type: "tool-call-start", block, id: `toolu_${block}`, name: "f" });
const callDelta = (block: number): ChatEvent => ({ type: "tool-call-delta", block, args: "{}" });
const callEnd = (block: number): ChatEvent => ({ type: "tool-call-end", block });
const finish: ChatEvent = {
  type: "finish",
  reason: { unified: "stop", raw: "end_turn" },
  usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
};
const error: ChatEvent = { type: "error", error: new ApiError("internal_error", "x") };

/** Runs a whole stream through the grammar. */
function check(events: readonly ChatEvent[]): void {
  const order = new EventOrder();
  for (const event of events) order.check(event);
  order.end();
}

describe("a legal stream is", () => {
  const legal: [string, ChatEvent[]][] = [
    ["an answer without blocks", [start, finish]],
    ["one text block", [start, textStart(0), textDelta(0), textDelta(0), textEnd(0), finish]],
    ["a block without deltas", [start, textStart(0), textEnd(0), finish]],
    [
      "reasoning, then text",
      [start, reasoningStart(0), reasoningDelta(0), reasoningEnd(0), textStart(1), textDelta(1), textEnd(1), finish],
    ],
    ["several blocks of one kind", [start, textStart(0), textEnd(0), textStart(1), textEnd(1), finish]],
    ["blocks whose numbers do not count up", [start, textStart(7), textEnd(7), textStart(3), textEnd(3), finish]],
    [
      "calls with a text between them",
      [
        start,
        callStart(0),
        callDelta(0),
        callEnd(0),
        textStart(1),
        textEnd(1),
        callStart(2),
        callDelta(2),
        callEnd(2),
        finish,
      ],
    ],
    ["an error within a call", [start, callStart(0), callDelta(0), error]],
    ["an error before the start", [error]],
    ["an error between blocks", [start, textStart(0), textEnd(0), error]],
    ["an error within a block", [start, textStart(0), textDelta(0), error]],
  ];
  test.each(legal)("%s", (_, events) => {
    expect(() => check(events)).not.toThrow();
  });
});

describe("refused is", () => {
  const illegal: [string, ChatEvent[], string][] = [
    ["a finish before the start", [finish], "finish while before-start"],
    ["a text start before the start", [textStart(0)], "text-start while before-start"],
    ["a reasoning start before the start", [reasoningStart(0)], "reasoning-start while before-start"],
    ["a delta before the start", [textDelta(0)], "text-delta for a block not open"],
    ["an end before the start", [reasoningEnd(0)], "reasoning-end for a block not open"],
    ["a second start", [start, start], "response-start while between-blocks"],
    ["a second start within a block", [start, textStart(0), start], "response-start while in-block"],
    ["a block within a block", [start, textStart(0), reasoningStart(1)], "reasoning-start while in-block"],
    ["a block number used twice", [start, textStart(0), textEnd(0), textStart(0)], "text-start reuses block 0"],
    [
      "a block number used by both kinds",
      [start, reasoningStart(0), reasoningEnd(0), textStart(0)],
      "text-start reuses block 0",
    ],
    ["a delta outside of a block", [start, textDelta(0)], "text-delta for a block not open"],
    [
      "a delta after the block's end",
      [start, textStart(0), textEnd(0), textDelta(0)],
      "text-delta for a block not open",
    ],
    ["a delta of another block", [start, textStart(0), textDelta(1)], "text-delta for a block not open"],
    ["a delta of another kind", [start, textStart(0), reasoningDelta(0)], "reasoning-delta for a block not open"],
    ["an end of another block", [start, reasoningStart(0), reasoningEnd(1)], "reasoning-end for a block not open"],
    ["an end of another kind", [start, reasoningStart(0), textEnd(0)], "text-end for a block not open"],
    ["a second end", [start, textStart(0), textEnd(0), textEnd(0)], "text-end for a block not open"],
    ["a call before the start", [callStart(0)], "tool-call-start while before-start"],
    ["a call within a text", [start, textStart(0), callStart(1)], "tool-call-start while in-block"],
    ["a text within a call", [start, callStart(0), textStart(1)], "text-start while in-block"],
    [
      "a call by a number that a text had",
      [start, textStart(0), textEnd(0), callStart(0)],
      "tool-call-start reuses block 0",
    ],
    ["arguments outside of a call", [start, callDelta(0)], "tool-call-delta for a block not open"],
    ["arguments of another call", [start, callStart(0), callDelta(1)], "tool-call-delta for a block not open"],
    ["arguments within a text", [start, textStart(0), callDelta(0)], "tool-call-delta for a block not open"],
    ["text within a call", [start, callStart(0), textDelta(0)], "text-delta for a block not open"],
    ["an end of a text within a call", [start, callStart(0), textEnd(0)], "text-end for a block not open"],
    ["an end of a call within a text", [start, textStart(0), callEnd(0)], "tool-call-end for a block not open"],
    ["a finish within a call", [start, callStart(0), finish], "finish while in-block"],
    ["a finish within a block", [start, textStart(0), finish], "finish while in-block"],
    ["a second finish", [start, finish, finish], "finish after the stream has ended"],
    ["an error after the finish", [start, finish, error], "error after the stream has ended"],
    ["a block after the finish", [start, finish, textStart(0)], "text-start after the stream has ended"],
    ["a start after an error", [error, start], "response-start after the stream has ended"],
    ["a second error", [error, error], "error after the stream has ended"],
    [
      "a delta after an error within its block",
      [start, textStart(0), error, textDelta(0)],
      "text-delta after the stream",
    ],
    ["a stream without events", [], "ended without finish or error"],
    ["a stream that just stops", [start, textStart(0), textEnd(0)], "ended without finish or error"],
    ["a stream that stops within a block", [start, textStart(0)], "ended without finish or error"],
  ];
  test.each(illegal)("%s", (_, events, why) => {
    const order = new EventOrder();
    for (const event of events.slice(0, -1)) order.check(event);
    expect(() => {
      for (const last of events.slice(-1)) order.check(last);
      order.end();
    }).toThrow(why);
  });
});
