import { describe, expect, test } from "bun:test";
import { type Asker, askerOf, keptPlaces, Lanes } from "../../../src/claude/queue/lanes.ts";
import type { ChatRequest, Turn } from "../../../src/core/request.ts";

type Named = Asker & { readonly name: string };

const EIGHT = { places: 8, maxWaiting: 200, kept: keptPlaces(8) };

function asker(client: string, name = client, { isBatch = false, kind = "" } = {}): Named {
  return { client, name, isBatch, kind };
}
const batch = (client: string, name = client, kind = "") => asker(client, name, { isBatch: true, kind });

/** Lanes with what has come, in this order, and started. */
function after(arrivals: readonly Named[], limits = EIGHT) {
  const lanes = new Lanes<Named>(limits);
  const started: Named[] = [];
  const start = () => {
    const names: string[] = [];
    for (let next = lanes.next(); next; next = lanes.next()) {
      started.push(next.asker);
      names.push(next.asker.name);
    }
    return names;
  };
  const come = (...some: Named[]) =>
    some.flatMap((one) => {
      lanes.add(one);
      return start();
    });
  const first = come(...arrivals);
  /** The one that runs longest of these ends; what starts then. */
  const end = (isIt: (one: Named) => boolean = () => true) => {
    const at = started.findIndex(isIt);
    const [ended] = started.splice(at, 1);
    if (at === -1 || ended === undefined) throw new Error("none of these runs");
    lanes.end(ended);
    return start();
  };
  return { lanes, first, come, end };
}

const many = (count: number, make: (index: number) => Named) =>
  Array.from({ length: count }, (_, index) => make(index));

describe("places", () => {
  test("are kept from the batch of one client, and one of them from all that it asks", () => {
    const alone = (places: number, isBatch: boolean) => {
      const arrivals = many(100, () => asker("a", "a", { isBatch }));
      return after(arrivals, { places, maxWaiting: 200, kept: keptPlaces(places) }).first.length;
    };
    const sizes = [1, 2, 3, 4, 5, 8, 16, 64];
    expect(sizes.map((places) => alone(places, true))).toEqual([1, 2, 2, 2, 3, 6, 14, 62]);
    expect(sizes.map((places) => alone(places, false))).toEqual([1, 2, 3, 3, 4, 7, 15, 63]);
  });

  test("are found at once by the next turn of whoever runs a batch, and by another client", () => {
    const { come } = after(many(60, () => batch("a")));
    expect(come(asker("a", "next turn"))).toEqual(["next turn"]);
    expect(come(batch("b", "question"))).toEqual(["question"]);
  });

  test("come to equal parts where several clients want all", () => {
    const { lanes, end } = after(["a", "b", "c"].flatMap((client) => many(50, () => batch(client))));
    for (let n = 0; n < 60; n++) end();
    const running = ["a", "b", "c"].map((client) => lanes.of(client).running);
    expect(Math.max(...running) - Math.min(...running)).toBeLessThanOrEqual(1);
    // One stays free for who comes next.
    expect(running.reduce((sum, own) => sum + own)).toBe(7);
  });
});

describe("the order", () => {
  const ONE = { places: 1, maxWaiting: 200, kept: keptPlaces(1) };

  test("goes from client to client, whatever each has waiting", () => {
    const { end } = after(
      [...many(4, (n) => batch("a", `a${n}`)), batch("b", "b0"), batch("b", "b1"), batch("c", "c0")],
      ONE,
    );
    expect(many(6, () => asker("")).flatMap(() => end())).toEqual(["a1", "b0", "c0", "a2", "b1", "a3"]);
  });

  test("has in each lane what somebody waits for before its batch, but now and then one of that", () => {
    const { end } = after([batch("a", "first"), batch("a", "batch"), ...many(6, (n) => asker("a", `turn ${n}`))], ONE);
    expect(many(7, () => asker("")).flatMap(() => end())).toEqual([
      "turn 0",
      "turn 1",
      "turn 2",
      "turn 3",
      "batch",
      "turn 4",
      "turn 5",
    ]);
  });

  test("takes the works of one client in turn, and each in its own order", () => {
    const { end } = after(
      [...many(4, (n) => batch("a", `translate ${n}`, "translate")), batch("a", "ask", "ask")],
      ONE,
    );
    expect(many(4, () => asker("")).flatMap(() => end())).toEqual(["translate 1", "ask", "translate 2", "translate 3"]);
  });

  test("is kept by those who stay when one leaves", () => {
    const [first, second, third] = [batch("a", "1"), batch("a", "2"), batch("a", "3")];
    const { lanes, end } = after([first, second, third], ONE);
    lanes.leave(second);
    lanes.leave(second);
    expect(lanes.waiting).toBe(1);
    expect(end()).toEqual(["3"]);
  });
});

describe("the room to wait", () => {
  test("is half of it for one client, and some of it is left for every other", () => {
    const { lanes, come } = after([]);
    const taken = (client: string) => {
      let count = 0;
      while (lanes.hasRoom(batch(client))) {
        come(batch(client));
        count++;
      }
      return count;
    };
    expect(taken("a")).toBe(6 + 100);
    expect(taken("b")).toBe(1 + 50);
    expect(taken("c")).toBe(1 + 25);
    expect(lanes.waiting).toBe(175);
    expect(lanes.hasRoom(batch("d"), 12)).toBe(true);
    expect(lanes.hasRoom(batch("d"), 14)).toBe(false);
  });

  test("of none turns away whoever would have to wait", () => {
    const { lanes } = after([asker("a")], { places: 1, maxWaiting: 0, kept: keptPlaces(1) });
    expect(lanes.hasRoom(asker("b"))).toBe(false);
  });

  test("counts the places that are free first", () => {
    const { lanes } = after([], { places: 2, maxWaiting: 1, kept: keptPlaces(2) });
    expect([1, 2, 3, 4].map((count) => lanes.hasRoom(asker("a"), count))).toEqual([true, true, true, false]);
  });
});

describe("what is batch", () => {
  const question: Turn = { role: "user", content: [{ type: "text", text: "Hello" }] };
  const isBatch = (turns: readonly Turn[], isStreamed: boolean) => {
    const request: ChatRequest = {
      model: "sonnet",
      system: "",
      turns,
      tools: [],
      toolChoice: { type: "auto" },
      parallelToolCalls: true,
      stop: [],
    };
    return askerOf(request, { isStreamed }).isBatch;
  };

  test("is a question that goes on with nothing and whose answer nobody reads as it is written", () => {
    const conversation = [question, { ...question, role: "assistant" as const }, question];
    expect(isBatch([question], false)).toBe(true);
    expect([isBatch([question], true), isBatch(conversation, false), isBatch(conversation, true)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
