import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { OutputText } from "../../../src/claude/turn/answer-events.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent, Finish } from "../../../src/core/event.ts";
import { EventOrder } from "../../support/event-order.ts";

const USAGE = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2 };
const START: ChatEvent = { type: "response-start", id: "msg_1", model: "m" };
const finish = (unified: Finish["reason"]["unified"]): Finish => ({
  type: "finish",
  reason: { unified, raw: unified },
  usage: USAGE,
});
const block = (index: number, ...deltas: string[]): ChatEvent[] => [
  { type: "text-start", block: index },
  ...deltas.map((text): ChatEvent => ({ type: "text-delta", block: index, text })),
  { type: "text-end", block: index },
];
const call = (index: number): ChatEvent[] => [
  { type: "tool-call-start", block: index, id: "toolu_1", name: "f" },
  { type: "tool-call-delta", block: index, args: "{}" },
  { type: "tool-call-end", block: index },
];
const thought = (index: number): ChatEvent[] => [
  { type: "reasoning-start", block: index },
  { type: "reasoning-end", block: index },
];

/** What is told of an answer, which must be a legal stream, after each of its events. */
function steps(events: readonly ChatEvent[]): ChatEvent[][] {
  const [text, order] = [new OutputText(), new EventOrder()];
  const told = events.map((event) => text.push(event));
  for (const event of told.flat()) order.check(event);
  order.end();
  return told;
}
const tell = (events: readonly ChatEvent[]) => steps(events).flat();

describe("an answer that is held to a schema", () => {
  test("is told as it comes, from its first sign on", () => {
    const events = [START, ...thought(0), ...block(1, "\n ", '{"a"', ":1}"), finish("stop")];
    const told = steps(events);
    expect(told.flat()).toEqual(events);
    expect(told.slice(3, 6)).toEqual([[], [], events.slice(3, 6)]);
  });

  test("is told without what the model says before and between its calls", () => {
    const said = [
      START,
      ...block(0, "Let me ", "look."),
      ...call(1),
      ...block(2, "And"),
      ...call(3),
      finish("tool-calls"),
    ];
    expect(tell(said)).toEqual([START, ...call(1), ...call(3), finish("tool-calls")]);
  });

  test("is told without what the model says before it is paused: the object follows", () => {
    const paused: Finish = { type: "finish", reason: { unified: "length", raw: "pause_turn" }, usage: USAGE };
    expect(tell([START, ...block(0, "I look that up."), paused])).toEqual([START, paused]);
  });

  test("is told without what the model says before it searches", () => {
    const said = [START, ...block(0, "Let me search."), ...block(1, '{"a":1}'), finish("stop")];
    expect(tell(said)).toEqual([START, ...block(1, '{"a":1}'), finish("stop")]);
  });

  test.each<[string, boolean, ChatEvent[]]>([
    ["something where it speaks before its object", true, [...block(0, "Hm."), ...block(1, "{}"), finish("stop")]],
    ["nothing where it is all told", false, [...block(0, "I can't."), finish("content-filter")]],
    [
      "something where it is paused before its object",
      true,
      [...block(0, "Hm."), { type: "finish", reason: { unified: "length", raw: "pause_turn" }, usage: USAGE }],
    ],
  ])("leaves out %s", (_, leavesOut, events) => {
    const told = new OutputText();
    for (const event of [START, ...events]) told.push(event);
    expect(told.leavesOut).toBe(leavesOut);
  });

  test("is told beside a call, too", () => {
    const events = [START, ...block(0, "{}"), ...call(1), finish("tool-calls")];
    expect(tell(events)).toEqual(events);
  });

  test.each<[string, Finish]>([
    ["a refusal", finish("content-filter")],
    ["no JSON, for whatever reason", finish("stop")],
  ])("that is %s is told with its end", (_, end) => {
    const told = steps([START, ...block(0, "I can't", " do that."), end]);
    expect(told.slice(1, -1).flat()).toEqual([]);
    expect(told.at(-1)).toEqual([...block(0, "I can't", " do that."), end]);
  });

  test("that cites what it is not told of stays in order", () => {
    const [start, delta, end] = block(0, "As");
    if (start === undefined || delta === undefined || end === undefined) throw new Error("a block is three events");
    const cited: ChatEvent[] = [START, start, delta, { type: "text-citation", block: 0, citation: {} }, end];
    expect(tell([...cited, finish("stop")])).toEqual([...cited, finish("stop")]);
  });

  test("that is empty or blank stays so", () => {
    const events = [START, ...block(0), ...block(1, " ", "\n"), finish("stop")];
    expect(tell(events)).toEqual(events);
  });

  test("that fails is told as far as it is JSON", () => {
    const error: ChatEvent = { type: "error", error: new ApiError("upstream_error", "broken") };
    expect(
      tell([START, { type: "text-start", block: 0 }, { type: "text-delta", block: 0, text: "We" }, error]),
    ).toEqual([START, error]);
    const begun = [START, ...block(0, '{"a').slice(0, 2), error];
    expect(tell(begun)).toEqual(begun);
  });

  test("is whole, whatever pieces it comes in, where it is no JSON and nothing is called", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: fc.constantFrom(" ", "a", "}") }))), (texts) => {
        const events = [START, ...texts.flatMap((deltas, index) => block(index, ...deltas)), finish("stop")];
        const told = tell(events);
        const byBlock = (list: readonly ChatEvent[]) =>
          list
            .filter((event) => "block" in event)
            .sort((a, b) => ("block" in a && "block" in b ? a.block - b.block : 0));
        expect(byBlock(told)).toEqual(byBlock(events));
      }),
    );
  });
});
