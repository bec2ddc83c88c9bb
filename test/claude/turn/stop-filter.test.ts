import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { StopFilter } from "../../../src/claude/turn/answer-events.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent, Finish, Usage } from "../../../src/core/event.ts";
import { EventOrder } from "../../support/event-order.ts";

const USAGE: Usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2 };
const START: ChatEvent = { type: "response-start", id: "msg_1", model: "m" };
const FINISH: Finish = {
  type: "finish",
  reason: { unified: "stop", raw: "end_turn" },
  usage: { ...USAGE, outputTokens: 9 },
};
const stoppedAt = (stopText: string): Finish => ({
  type: "finish",
  reason: { unified: "stop", raw: "stop_sequence", stopText },
  usage: USAGE,
});
const delta = (text: string, block = 0): ChatEvent => ({ type: "text-delta", block, text });
const begin = (block = 0): ChatEvent => ({ type: "text-start", block });
const end = (block = 0): ChatEvent => ({ type: "text-end", block });

/** An answer of one block that arrives in these deltas. */
const answer = (deltas: readonly string[]) => [START, begin(), ...deltas.map((text) => delta(text)), end(), FINISH];

/** Sends a whole answer through the filter, and what comes out through the grammar of legal streams. */
function filter(stops: readonly string[], events: readonly ChatEvent[]) {
  const stopFilter = new StopFilter(stops);
  const order = new EventOrder();
  const passed = events.flatMap((event) => stopFilter.push(event, () => USAGE));
  for (const event of passed) order.check(event);
  order.end();
  return { passed, matched: stopFilter.matched };
}

describe("an answer", () => {
  test("passes untouched when there is no stop text", () => {
    const events = answer(["a ", "", "b"]);
    expect(filter([], events)).toEqual({ passed: events, matched: false });
  });

  test("passes whole when no stop text comes up", () => {
    expect(filter(["\n\n"], answer(["a", " b"]))).toEqual({ passed: answer(["a", " b"]), matched: false });
  });

  test("ends before the stop text, as a stop, with the counts so far; the rest is dropped", () => {
    expect(filter(["\n\n"], answer(["one\n\ntwo", " three"]))).toEqual({
      passed: [START, begin(), delta("one"), end(), stoppedAt("\n\n")],
      matched: true,
    });
  });

  test("ends at a stop text that comes in pieces", () => {
    expect(filter(["\n\n\n"], answer(["one\n", "\n", "\ntwo"])).passed).toEqual([
      START,
      begin(),
      delta("one"),
      end(),
      stoppedAt("\n\n\n"),
    ]);
  });

  test("gets back what was held when it turns out to be no stop text", () => {
    expect(filter(["\n\n"], answer(["one\n", "two"])).passed).toEqual(answer(["one", "\ntwo"]));
  });

  test("gets back what was held when it ends with the beginning of a stop text", () => {
    expect(filter(["\n\n"], answer(["one\n"])).passed).toEqual(answer(["one", "\n"]));
  });

  test("has an empty block when it begins with a stop text", () => {
    expect(filter([" "], answer([" one"])).passed).toEqual([START, begin(), end(), stoppedAt(" ")]);
  });

  test("ends at the stop text that comes first in it, wherever that is in the list", () => {
    expect(filter(["\t", "\n"], answer(["one\ntwo\tthree"])).passed).toEqual([
      START,
      begin(),
      delta("one"),
      end(),
      stoppedAt("\n"),
    ]);
  });

  test("loses nothing of its reasoning: stop texts count in the answer alone", () => {
    const events: ChatEvent[] = [
      START,
      { type: "reasoning-start", block: 0 },
      { type: "reasoning-delta", block: 0, text: "well\n\nwell" },
      { type: "reasoning-end", block: 0 },
      begin(1),
      delta("so", 1),
      end(1),
      FINISH,
    ];
    expect(filter(["\n\n"], events)).toEqual({ passed: events, matched: false });
  });

  test("does not end at a stop text that only two blocks together hold", () => {
    const events = [START, begin(0), delta("a\n", 0), end(0), begin(1), delta("\nb", 1), end(1), FINISH];
    const { passed, matched } = filter(["\n\n"], events);
    expect(matched).toBeFalse();
    expect(passed.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe("a\n\nb");
  });

  test("that fails still ends with its error", () => {
    const error = new ApiError("overloaded", "busy");
    expect(filter(["\n\n"], [START, begin(), delta("one"), { type: "error", error }]).passed).toEqual([
      START,
      begin(),
      delta("one"),
      { type: "error", error },
    ]);
  });

  test("that has ended at a stop text takes no notice of a later error", () => {
    const error: ChatEvent = { type: "error", error: new ApiError("client_closed", "gone") };
    expect(filter([" "], [START, begin(), delta("one two"), error]).passed.at(-1)).toEqual(stoppedAt(" "));
  });

  test("ends at the same place however it is cut, when one stop text lies within another", () => {
    const texts = [["a\n \nb"], [..."a\n \nb"]].map((deltas) => textOf(filter(["\n \n", " "], answer(deltas)).passed));
    expect(texts[0]).toBe(texts[1] ?? "");
  });
});

const textOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");

/** The stop text that is complete first, as when the text came letter by letter, and what stands before it. */
function firstStop(text: string, stops: readonly string[]): { before: string; stop?: string } {
  for (let length = 1; length <= text.length; length++) {
    const sofar = text.slice(0, length);
    const complete = stops.filter((stop) => sofar.endsWith(stop)).sort((a, b) => b.length - a.length);
    const [stop] = complete;
    if (stop !== undefined) return { before: sofar.slice(0, length - stop.length), stop };
  }
  return { before: text };
}

test("for any text, any stop texts and any cuts, what comes out is the text up to the first stop, by its name", () => {
  const letters = fc.constantFrom("a", "b", " ", "\n", "😀");
  const anyDeltas = fc.array(fc.string({ unit: letters, maxLength: 5 }), { maxLength: 8 });
  const anyStops = fc.array(fc.string({ unit: letters, minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(anyStops, anyDeltas, (stops, deltas) => {
      const text = deltas.join("");
      const { before, stop } = firstStop(text, stops);
      const { passed, matched } = filter(stops, answer(deltas));
      expect(textOf(passed)).toBe(before);
      expect(matched).toBe(stop !== undefined);
      expect(passed.at(-1)).toEqual(stop === undefined ? FINISH : stoppedAt(stop));
    }),
    { numRuns: 300 },
  );
});
