import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type ChoiceEvent, collectChoices, mergeChoices } from "../../../src/api/answer/choices.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { until } from "../../support/wait.ts";

const start = (id: string): ChatEvent => ({ type: "response-start", id, model: "m" });
const FINISH: ChatEvent = {
  type: "finish",
  reason: { unified: "stop", raw: "end_turn" },
  usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 },
};
const BUSY = new ApiError("overloaded", "busy");
const FAILED: ChatEvent = { type: "error", error: BUSY };

/** A turn that a test drives: an event for each that is asked for, when the test gives it. */
class Turn implements AsyncIterable<ChatEvent> {
  asked = 0;
  returned = false;
  readonly #waiting: ((result: IteratorResult<ChatEvent>) => void)[] = [];
  readonly #events: IteratorResult<ChatEvent>[] = [];

  give(event: ChatEvent): void {
    this.#give({ done: false, value: event });
  }
  end(): void {
    this.#give({ done: true, value: undefined });
  }
  #give(result: IteratorResult<ChatEvent>): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(result);
    else this.#events.push(result);
  }
  [Symbol.asyncIterator](): AsyncIterator<ChatEvent> {
    return {
      next: () => {
        this.asked++;
        const event = this.#events.shift();
        return event ? Promise.resolve(event) : new Promise((resolve) => void this.#waiting.push(resolve));
      },
      return: async () => {
        this.returned = true;
        return { done: true, value: undefined };
      },
    };
  }
}

async function* play(...events: ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events;
}

/** How often something was called. */
const counter = () => {
  const calls = { count: 0, call: () => void calls.count++ };
  return calls;
};

async function all(events: AsyncIterable<ChoiceEvent>): Promise<ChoiceEvent[]> {
  const seen: ChoiceEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe("merged events", () => {
  test("come in the order in which they happen, each with its turn's number", async () => {
    const [a, b] = [new Turn(), new Turn()];
    const merged = mergeChoices([a, b], () => {});
    const first = merged.next();
    b.give(start("b"));
    expect((await first).value).toEqual({ choice: 1, event: start("b") });
    const second = merged.next();
    a.give(start("a"));
    expect((await second).value).toEqual({ choice: 0, event: start("a") });
    const third = merged.next();
    b.give(FINISH);
    expect((await third).value).toEqual({ choice: 1, event: FINISH });
    const fourth = merged.next();
    b.end();
    a.give(FINISH);
    expect((await fourth).value).toEqual({ choice: 0, event: FINISH });
    const last = merged.next();
    a.end();
    expect((await last).done).toBeTrue();
  });

  test("are those of each turn, whole and in its order", async () => {
    const texts = fc.array(fc.array(fc.string(), { maxLength: 20 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(texts, async (turns) => {
        const streams = turns.map((pieces, index): ChatEvent[] => [
          start(String(index)),
          ...pieces.map((text): ChatEvent => ({ type: "text-delta", block: 0, text })),
          FINISH,
        ]);
        const cancelled = counter();
        const merged = await all(
          mergeChoices(
            streams.map((events) => play(...events)),
            cancelled.call,
          ),
        );
        const apart = streams.map((_, index) => merged.filter(({ choice }) => choice === index));
        expect(apart.map((events) => events.map(({ event }) => event))).toEqual(streams);
        expect(cancelled.count).toBe(0);
      }),
    );
  });

  test("of a turn that never pauses leave room for the others'", async () => {
    const text: ChatEvent = { type: "text-delta", block: 0, text: "x" };
    const merged = await all(mergeChoices([play(text, text, text, text), play(text, text)], () => {}));
    expect(merged.map(({ choice }) => choice)).toEqual([0, 1, 0, 1, 0, 0]);
  });

  test("are asked for only while somebody reads, one ahead for each turn", async () => {
    const turns = [new Turn(), new Turn()];
    for (const turn of turns) for (let index = 0; index < 9; index++) turn.give(start("x"));
    const merged = mergeChoices(turns, () => {});
    expect(turns.map(({ asked }) => asked)).toEqual([0, 0]);
    await merged.next();
    await Bun.sleep(1);
    expect(turns.map(({ asked }) => asked)).toEqual([1, 1]);
    await merged.next();
    await Bun.sleep(1);
    expect(turns.map(({ asked }) => asked)).toEqual([2, 1]);
  });
});

describe("the other turns are given up", () => {
  test("when one fails: its error is the last event", async () => {
    const [failing, other] = [new Turn(), new Turn()];
    const cancelled = counter();
    const merged = all(mergeChoices([other, failing], cancelled.call));
    other.give(start("a"));
    failing.give(FAILED);
    expect((await merged).at(-1)).toEqual({ choice: 1, event: FAILED });
    expect(cancelled.count).toBe(1);
    expect(other.returned).toBeTrue();
  });

  test("when one throws", async () => {
    const broken = async function* (): AsyncGenerator<ChatEvent> {
      yield start("a");
      throw BUSY;
    };
    const cancelled = counter();
    const failing = all(mergeChoices([new Turn(), broken()], cancelled.call));
    expect(await failing.catch((error: unknown) => error)).toBe(BUSY);
    expect(cancelled.count).toBe(1);
  });

  test("when the reader leaves", async () => {
    const turns = [new Turn(), new Turn()];
    const cancelled = counter();
    const merged = mergeChoices(turns, cancelled.call);
    const first = merged.next();
    turns[0]?.give(start("a"));
    await first;
    await merged.return();
    expect(cancelled.count).toBe(1);
    expect(turns.map(({ returned }) => returned)).toEqual([true, true]);
  });
});

describe("collected results", () => {
  test("are in the order of the turns, whichever ends first", async () => {
    const slow = new Turn();
    const collecting = collectChoices([slow, play(start("b"), FINISH)], () => {});
    await until(() => slow.asked === 1, "the slow turn is asked");
    slow.give(start("a"));
    slow.give(FINISH);
    expect((await collecting).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("are none when one fails: the others are given up", async () => {
    const cancelled = counter();
    const failing = collectChoices([new Turn(), play(start("b"), FAILED)], cancelled.call);
    expect(await failing.catch((error: unknown) => error)).toBe(BUSY);
    expect(cancelled.count).toBe(1);
  });
});
