import { describe, expect, test } from "bun:test";
import type { Demand, ProcessView } from "../../../src/claude/pool/choice.ts";
import { supersededBy } from "../../../src/claude/pool/policy.ts";
import type { TurnSettings } from "../../../src/claude/pool/turn-settings.ts";
import type { ContentBlock, Turn } from "../../../src/core/request.ts";
import { choose, demand, view } from "./policy-fixture.ts";
import { assistant, call, image, profileFor, remember, result, SETTINGS, text, user } from "./turns.ts";

const QUESTION = user(text("q"));
const CALLING = assistant(text("a"), call("1"), call("2"));

const parked = (fields: Partial<ProcessView> = {}) =>
  view({ transcript: remember(QUESTION, CALLING), openCalls: new Set(["1", "2"]), ...fields });

/** The one of these that goes on with the request, and the calls that it knows by other ids. */
function resumed(workers: readonly ProcessView[], request: Demand) {
  const choice = choose({ parked: workers }, request);
  return choice.type === "resume" ? choice : undefined;
}

const answering = (...content: ContentBlock[]) => [QUESTION, CALLING, user(...content)];
const RESULTS = answering(result("1"), result("2"));

describe("a parked process goes on", () => {
  test("with the results of all its calls", () => {
    const one = parked();
    expect(resumed([one], demand(RESULTS))?.worker).toBe(one);
  });

  test("in whatever order they are", () => {
    expect(resumed([parked()], demand(answering(result("2"), result("1"))))).toBeDefined();
  });

  test("with the answer as the client tells it: its texts in one piece, its arguments written anew", () => {
    const told = remember(QUESTION, assistant(text("a"), call("1", '{"x": 1}'), text("b"), call("2")));
    const turns = [QUESTION, assistant(text("ab"), call("1", '{"x":1}'), call("2")), user(result("1"), result("2"))];
    expect(resumed([parked({ transcript: told })], demand(turns))).toBeDefined();
  });

  test("under settings that the CLI takes up within a turn", () => {
    const settings: TurnSettings = { ...SETTINGS, stop: ["END"], toolChoice: { type: "none" } };
    expect(resumed([parked()], demand(RESULTS, { settings }))).toBeDefined();
  });

  test("when it is the one among several that waits for these calls", () => {
    const other = parked({ openCalls: new Set(["3", "4"]) });
    const one = parked();
    expect(resumed([other, one], demand(RESULTS))?.worker).toBe(one);
  });
});

describe("a parked process that can end its turn with the results, and only such a one, goes on", () => {
  const same: [string, Demand][] = [
    ["with a text behind them", demand(answering(result("1"), result("2"), text("and")))],
    ["with an image behind them", demand(answering(result("1"), result("2"), image("iVBO")))],
    [
      "with another effort and a text",
      demand(answering(result("1"), result("2"), text("and")), { settings: { ...SETTINGS, effort: "high" } }),
    ],
    ["with another limit of tokens", demand(RESULTS, { settings: { ...SETTINGS, maxOutputTokens: 5 } })],
    [
      "with a call that is forced",
      demand(RESULTS, { settings: { ...SETTINGS, toolChoice: { type: "required" }, thinkingOff: "omitted" } }),
    ],
  ];
  test.each(same)("%s", (_, request) => {
    const one = parked({ settles: true });
    expect(resumed([one], request)?.worker).toBe(one);
    expect(resumed([parked()], request)).toBeUndefined();
  });

  test("not with texts alone, nor after another conversation", () => {
    const one = parked({ settles: true });
    expect(resumed([one], demand(answering(text("never mind"))))).toBeUndefined();
    expect(resumed([one], demand(RESULTS, { settings: { ...SETTINGS, effort: "high" } }))).toBeUndefined();
    expect(resumed([one], demand([user(text("Q")), ...RESULTS.slice(1)]))).toBeUndefined();
  });
});

describe("a parked process that was told a text at the end of a request, which is gone from there in the next,", () => {
  const [A, B] = ["toolu_0000000a", "toolu_0000000b"];
  const asked = user(text("q"), text("context"));
  const again = (...ids: string[]) => [
    user(text("q")),
    assistant(text("a"), ...ids.map((id) => call(id))),
    user(...ids.map((id) => result(id))),
  ];
  const one = parked({
    transcript: remember(asked, assistant(text("a"), call(A), call(B))),
    openCalls: new Set([A, B]),
  });

  test("goes on where its calls are named by their ids, or by what clients make of these", () => {
    expect(resumed([one], demand(again(A, B)))?.worker).toBe(one);
    const bare = [A, B].map((id) => id.replace("_", ""));
    expect(resumed([one], demand(again(...bare)))?.ownIds).toEqual(new Map(bare.map((id, n) => [id, [A, B][n] ?? ""])));
  });

  test("does not where they are not: it may be another conversation", () => {
    expect(resumed([one], demand(again("x", "y")))).toBeUndefined();
    expect(resumed([one], demand(again(A, "y")))).toBeUndefined();
  });
});

describe("a parked process whose calls the client gave other ids", () => {
  const RENAMED = assistant(text("a"), call("x"), call("y"));
  const ids = new Map([
    ["x", "1"],
    ["y", "2"],
  ]);
  const renamed = (...content: ContentBlock[]) => demand([QUESTION, RENAMED, user(...content)]);

  test("goes on, and is told which is which", () => {
    expect(resumed([parked()], renamed(result("x"), result("y")))?.ownIds).toEqual(ids);
    expect(resumed([parked()], renamed(result("y"), result("x")))?.ownIds).toEqual(ids);
  });

  test("is taken only if none has the same words and calls by the very ids: it may be another client's", () => {
    const [other, one] = [
      parked(),
      parked({ transcript: remember(QUESTION, RENAMED), openCalls: new Set(["x", "y"]) }),
    ];
    for (const workers of [
      [other, one],
      [one, other],
    ]) {
      const choice = resumed(workers, renamed(result("x"), result("y")));
      expect([choice?.worker, choice?.ownIds.size]).toEqual([one, 0]);
    }
    const otherToo = parked();
    expect(resumed([other, otherToo], renamed(result("x"), result("y")))?.worker).toBe(other);
  });

  test("does not go on when it waits for others, or for one more", () => {
    expect(resumed([parked({ openCalls: new Set(["1", "3"]) })], renamed(result("x"), result("y")))).toBeUndefined();
    expect(resumed([parked({ openCalls: new Set(["1"]) })], renamed(result("x"), result("y")))).toBeUndefined();
    expect(resumed([parked()], renamed(result("x")))).toBeUndefined();
    expect(resumed([parked()], renamed(result("x"), result("2")))?.ownIds).toEqual(ids);
  });

  test("does not go on in an answer that was appended: those are compared to the letter", () => {
    const transcript = [...remember(QUESTION), { role: "assistant", turn: CALLING } as const];
    expect(resumed([parked({ transcript })], renamed(result("x"), result("y")))).toBeUndefined();
  });
});

describe("a parked process does not go on", () => {
  const long = result("2", "x".repeat(400_001));

  test.each<[string, Turn[]]>([
    ["without any results", answering(text("never mind"))],
    ["with a text beside them", answering(result("1"), result("2"), text("and"))],
    ["with fewer than it waits for", answering(result("1"))],
    ["with more than it waits for", answering(result("1"), result("2"), result("3"))],
    ["with those of other calls", answering(result("1"), result("3"))],
    ["with one that the CLI would write to disk", answering(result("1"), long)],
    ["after an edited question", [user(text("Q")), ...RESULTS.slice(1)]],
    ["after an edited answer", [QUESTION, assistant(text("A"), call("1"), call("2")), ...RESULTS.slice(2)]],
    [
      "after edited arguments",
      [QUESTION, assistant(text("a"), call("1", "{}"), call("2", '{"x":2}')), ...RESULTS.slice(2)],
    ],
    ["after a longer conversation", [QUESTION, CALLING, user(result("1"), result("2")), CALLING, ...RESULTS.slice(2)]],
    ["after a shorter conversation", RESULTS.slice(2)],
    ["without any turns", []],
  ])("%s", (_, turns) => {
    expect(resumed([parked()], demand(turns))).toBeUndefined();
  });

  test.each<[string, Partial<Demand>]>([
    ["under another system prompt", { profile: profileFor("T") }],
    ["with other tools", { profile: profileFor("S", { tools: [{ name: "g", parameters: { type: "object" } }] }) }],
    ["for another model", { model: "sonnet" }],
    ["with another effort", { settings: { ...SETTINGS, effort: "high" } }],
    ["with another limit of tokens", { settings: { ...SETTINGS, maxOutputTokens: 5 } }],
    [
      "with a call that is forced: the model would have to stop thinking",
      { settings: { ...SETTINGS, toolChoice: { type: "required" }, thinkingOff: "omitted" } },
    ],
  ])("%s", (_, fields) => {
    expect(resumed([parked()], demand(RESULTS, fields))).toBeUndefined();
  });

  test("when it remembers another answer than the client was told", () => {
    const transcript = [...remember(QUESTION), { role: "assistant", turn: undefined } as const];
    expect(resumed([parked({ transcript })], demand(RESULTS))).toBeUndefined();
  });

  test("when there is none", () => {
    expect(resumed([], demand(RESULTS))).toBeUndefined();
  });
});

describe("a parked process whose calls nobody will answer", () => {
  const text2 = answering(text("never mind"));

  test("serves the request that tells so, from its question on", () => {
    const one = parked();
    expect(choose({ parked: [one] }, demand(answering(result("1"))))).toMatchObject({
      type: "reuse",
      worker: one,
      keep: 0,
    });
    expect(choose({ parked: [one] }, demand(text2))).toMatchObject({ type: "reuse", worker: one, keep: 0 });
  });

  test("keeps the turns before that question", () => {
    const before = [user(text("p")), assistant(text("o"))];
    const one = parked({ transcript: remember(...before, QUESTION, CALLING) });
    const request = demand([...before, ...answering(result("1"))]);
    expect(choose({ parked: [one] }, request)).toMatchObject({ type: "reuse", worker: one, keep: 2 });
  });
});

describe("a parked process is given up", () => {
  test("once a request knows its whole conversation, whatever ids it gives the calls", () => {
    const later = [QUESTION, assistant(text("a"), call("x"), call("y")), user(result("x"), result("y"), text("and"))];
    const one = parked();
    expect(supersededBy([one], demand(later))).toEqual([one]);
    expect(supersededBy([one], demand(later, { model: "sonnet" }))).toEqual([]);
    expect(supersededBy([one], demand([...later.slice(0, 1), assistant(text("b")), user(text("c"))]))).toEqual([]);
  });

  test("once a request tells a result of one of its calls, wherever in the conversation", () => {
    const one = parked();
    const later = [...answering(result("1"), result("2"), text("and")), assistant(text("b")), user(text("c"))];
    expect(supersededBy([one], demand(later))).toEqual([one]);
    expect(supersededBy([one], demand(answering(result("2"))))).toEqual([one]);
  });

  test("not for the same words and calls of another client, whose ids name a process of its own", () => {
    const mine = parked();
    const others = parked({
      transcript: remember(QUESTION, assistant(text("a"), call("8"), call("9"))),
      openCalls: new Set(["8", "9"]),
    });
    const later = answering(result("1"), result("2"), text("and"));
    expect(supersededBy([others, mine], demand(later))).toEqual([mine]);
  });

  test("not for a request that says nothing of its calls", () => {
    const others = [QUESTION, assistant(call("3")), user(result("3"))];
    expect(supersededBy([parked()], demand(others))).toEqual([]);
    expect(supersededBy([parked()], demand([QUESTION]))).toEqual([]);
  });

  test("each that it concerns, and no other", () => {
    const [one, two, three] = ["1", "2", "3"].map((id) =>
      parked({ transcript: remember(user(text(`q${id}`)), assistant(call(id))), openCalls: new Set([id]) }),
    );
    if (!one || !two || !three) throw new Error("there are three");
    expect(supersededBy([one, two, three], demand(answering(result("1"), result("3"))))).toEqual([one, three]);
  });
});
