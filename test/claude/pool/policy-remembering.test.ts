import { describe, expect, test } from "bun:test";
import type { Demand, ProcessView } from "../../../src/claude/pool/choice.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { ContentBlock, Tool, Turn } from "../../../src/core/request.ts";
import { choose, demand, raw, rememberTexts, turnsOf, view } from "./policy-fixture.ts";
import { assistant, call, profileFor, remember, result, text, user } from "./turns.ts";

const idle = (texts: string[], fields: Partial<ProcessView> = {}) =>
  view({ transcript: rememberTexts(...texts), ...fields });
const asking = (texts: string[]) => demand(turnsOf(...texts));
const MANY = ["a", "<b>", "c", "<d>"];

/** How much of its memory a lone idle process keeps to serve the request; undefined when it cannot. */
function keptBy(worker: ProcessView, request: Demand): number | undefined {
  const choice = choose({ idle: [worker] }, request);
  return choice.type === "reuse" ? choice.keep : undefined;
}

describe("an idle process", () => {
  const cases: [string, string[], string[], number | undefined][] = [
    ["continues its conversation", ["a", "<b>"], ["a", "<b>", "c"], 2],
    ["continues a long conversation", MANY, [...MANY, "e"], 4],
    ["is rewound to the middle, when a later question was edited", MANY, ["a", "<b>", "C"], 2],
    ["is rewound to the middle, when an answer is asked for again", MANY, ["a", "<b>", "c"], 2],
    ["is rewound to the middle, when the conversation branches off", MANY, ["a", "<b>", "x", "<y>", "z"], 2],
    ["is rewound to before the question, when the answer was edited", MANY, ["a", "<b>", "c", "<D>", "e"], 2],
    ["is rewound to empty, when the first answer is asked for again", ["a", "<b>"], ["a"], 0],
    ["is rewound to empty, when the first question was edited", ["a", "<b>"], ["A"], 0],
    ["is rewound to empty for another conversation", MANY, ["x", "<y>", "z"], 0],
    ["is rewound to empty, when the first answer was edited", ["a", "<b>"], ["a", "<B>", "c"], 0],
    ["is rewound to before an unknown answer", ["a", "<b>", "c", "<?>"], [...MANY, "e"], 2],
    ["is rewound to before an unknown answer in the middle", ["a", "<b>", "c", "<?>", "e", "<f>"], [...MANY, "e"], 2],
    ["is rewound to empty, when it remembers its only answer differently", ["a", "<?>"], ["a", "<b>", "c"], 0],
    ["without any memory serves a new conversation", [], ["a"], 0],
    ["without any memory serves a long conversation", [], ["a", "<b>", "c"], 0],
    ["that remembers a leading answer continues it", ["<hi>", "a", "<b>"], ["<hi>", "a", "<b>", "c"], 3],
    ["that remembers a leading answer is rewound to after it", ["<hi>", "a", "<b>"], ["<hi>", "x"], 1],
    ["cannot be rewound to before a leading answer", ["<hi>", "a", "<b>"], ["<hello>", "a"], undefined],
    ["with a leading answer cannot serve another conversation", ["<hi>", "a", "<b>"], ["x"], undefined],
    ["with an unknown leading answer cannot serve any", ["<?>", "a", "<b>"], ["<hi>", "a"], undefined],
  ];
  test.each(cases)("%s", (_, memory, request, keep) => {
    for (const rebinds of [true, false]) expect(keptBy(idle(memory, { rebinds }), asking(request))).toBe(keep);
  });

  test("of other definitions of the same functions goes on, but for what it thought beside these", () => {
    const told = (description: string) =>
      profileFor("S", { tools: [{ name: "f", description, parameters: { type: "object" } }] });
    const thinking: ContentBlock = { type: "thinking", text: "Hm.", signature: "c2ln" };
    const turns = [...turnsOf("a", "<b>", "c"), assistant(thinking, text("d"))];
    const worker = view({ profile: told("one"), transcript: remember(...turns) });
    const asked = (description: string) => demand([...turns, user(text("e"))], { profile: told(description) });
    expect([keptBy(worker, asked("one")), keptBy(worker, asked("two"))]).toEqual([4, 2]);
  });

  test("goes on with what it thought beside more deferred tools, but not beside others", () => {
    const tool = (name: string, native?: JsonObject, description = "Does it.") => ({
      name,
      description,
      parameters: { type: "object" },
      ...(native && { native }),
    });
    const later = { defer_loading: true };
    const profile = (...tools: Tool[]) => profileFor("S", { tools });
    const thinking: ContentBlock = { type: "thinking", text: "Hm.", signature: "c2ln" };
    const turns = [user(text("a")), assistant(thinking, text("b"))];
    const worker = view({ profile: profile(tool("f"), tool("g", later)), transcript: remember(...turns) });
    const keeps = (...tools: Tool[]) =>
      keptBy(worker, demand([...turns, user(text("c"))], { profile: profile(...tools) }));
    expect(keeps(tool("f"), tool("g", later), tool("h", later))).toBe(2);
    expect(keeps(tool("f"), tool("g", later), tool("h"))).toBe(0);
    expect(keeps(tool("f"), tool("g", later, "Does more."))).toBe(0);
    expect(keeps(tool("f"))).toBe(0);
  });

  test("of another system prompt keeps what it remembers, if it can be given the request's", () => {
    const other = { profile: profileFor("T") };
    expect(keptBy(idle(["a", "<b>"], other), asking(["a", "<b>", "c"]))).toBe(2);
    expect(keptBy(idle(["a", "<b>"], { ...other, rebinds: false }), asking(["a", "<b>", "c"]))).toBeUndefined();
  });

  test("of another model keeps nothing, even if it remembers all", () => {
    for (const other of [{ model: "sonnet" }, { model: undefined }]) {
      expect(keptBy(idle(["a", "<b>"], other), asking(["a", "<b>", "c"]))).toBe(0);
      expect(keptBy(idle(["a", "<b>"], { ...other, rebinds: false }), asking(["a", "<b>", "c"]))).toBeUndefined();
    }
  });
});

describe("among several idle processes", () => {
  /** Whichever order they are in. */
  function chosen(workers: readonly [ProcessView, ProcessView], request: Demand) {
    const [one, other] = workers;
    return [choose({ idle: [one, other] }, request), choose({ idle: [other, one] }, request)];
  }

  test("the one that remembers most is chosen, wherever it stands", () => {
    const [short, long] = [idle(["a", "<b>"]), idle(MANY)];
    const expected = { type: "reuse", worker: long, keep: 4, ownIds: new Map() } as const;
    expect(chosen([short, long], asking([...MANY, "e"]))).toEqual([expected, expected]);
  });

  test("of those that keep the same, the one that goes on is chosen before one that must be rewound", () => {
    const [rewound, continued] = [idle(MANY), idle(["a", "<b>"])];
    for (const choice of chosen([rewound, continued], asking(["a", "<b>", "x"]))) {
      expect(choice.type === "reuse" && choice.worker).toBe(continued);
    }
  });

  test("a shared beginning is worth more than a longer memory of something else", () => {
    const [other, same] = [idle(["x", "<y>", "z", "<z>"]), idle(["a", "<b>"])];
    for (const choice of chosen([other, same], asking(["a", "<b>", "c"]))) {
      expect(choice.type === "reuse" && choice.worker).toBe(same);
    }
  });

  test.each([[["a", "<b>"]], [MANY]])(
    "of those that remember the same, the one that rests longest is chosen: %j",
    (texts) => {
      const [first, second] = [idle(texts), idle(texts)];
      const choice = choose({ idle: [first, second] }, asking(["a", "<b>", "c"]));
      expect(choice.type === "reuse" && choice.worker).toBe(first);
    },
  );

  test("those that cannot serve it are passed over", () => {
    const usable = idle(["q", "<r>"]);
    const others = [idle(["<hi>", "a", "<b>"]), idle(["x"], { profile: profileFor("T"), rebinds: false })];
    const choice = choose({ idle: [...others, usable] }, asking(["a", "<b>", "c"]));
    expect(choice).toMatchObject({ type: "reuse", worker: usable, keep: 0 });
  });

  test("none is chosen, of those that were never asked either, when none can serve it", () => {
    const stuck = idle(["<hi>", "a"]);
    const foreign = view({ profile: profileFor("T"), rebinds: false });
    expect(choose({ idle: [stuck, foreign], warm: [foreign] }, asking(["a"]))).toEqual({ type: "start" });
    expect(choose({ idle: [stuck, foreign], warm: [foreign, raw()] }, asking(["a"]))).toMatchObject({ type: "reuse" });
  });
});

describe("a process that went on after results", () => {
  const QUESTION = user(text("q"));
  const CALLING = assistant(text("a"), call("1"), call("2"));
  const RESULTS = user(result("1"), result("2"));
  const NEXT = assistant(text("done"));
  const transcript = [
    ...remember(QUESTION, CALLING),
    { role: "user", turn: RESULTS, uuid: undefined } as const,
    ...remember(NEXT),
  ];
  const BEFORE = [user(text("p")), assistant(text("o"))];
  const longer = view({ transcript: [...remember(...BEFORE), ...transcript] });
  const keptFor = (...turns: Turn[]) => keptBy(view({ transcript }), demand(turns));

  test("goes on with its conversation", () => {
    expect(keptFor(QUESTION, CALLING, RESULTS, NEXT, user(text("more")))).toBe(4);
  });

  test("is rewound to before its question, since the CLI itself put the results together", () => {
    expect(keptFor(QUESTION, CALLING, RESULTS)).toBe(0);
    expect(keptFor(QUESTION, CALLING, RESULTS, assistant(text("edited")), user(text("more")))).toBe(0);
    expect(keptFor(QUESTION, CALLING, user(result("1"), result("2", "other")))).toBe(0);
  });

  test("is rewound to the nearest question of the client's before", () => {
    expect(keptBy(longer, demand([...BEFORE, QUESTION, CALLING, RESULTS]))).toBe(2);
  });

  test("cannot be rewound when there is no such question", () => {
    expect(keptBy(view({ transcript: transcript.slice(1) }), demand([user(text("x"))]))).toBeUndefined();
  });

  const RENAMED = [assistant(text("a"), call("x"), call("y")), user(result("x", "of 1"), result("y", "of 2"))] as const;

  test("and knows its calls by other ids than the client tells which, as long as it keeps them", () => {
    const goesOn = demand([...BEFORE, QUESTION, ...RENAMED, NEXT, user(text("more"))]);
    const ownIds = new Map([
      ["x", "1"],
      ["y", "2"],
    ]);
    expect(choose({ idle: [longer] }, goesOn)).toEqual({ type: "reuse", worker: longer, keep: 6, ownIds });
  });

  test("knows nothing of calls that it is made to forget: they are appended by the client's ids", () => {
    const edited = demand([...BEFORE, QUESTION, ...RENAMED, assistant(text("edited")), user(text("more"))]);
    expect(choose({ idle: [longer] }, edited)).toEqual({ type: "reuse", worker: longer, keep: 2, ownIds: new Map() });
  });
});
