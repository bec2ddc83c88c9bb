import { describe, expect, test } from "bun:test";
import {
  chooseParked,
  chooseReuse,
  type Demand,
  type ParkedView,
  supersededBy,
} from "../../../src/claude/pool/policy.ts";
import type { TurnSettings } from "../../../src/claude/pool/turn-settings.ts";
import type { ContentBlock, Turn } from "../../../src/core/request.ts";
import { assistant, call, profileFor, remember, result, SETTINGS, text, user } from "./turns.ts";

const QUESTION = user(text("q"));
const CALLING = assistant(text("a"), call("1"), call("2"));

const parked = (fields: Partial<ParkedView> = {}): ParkedView => ({
  profile: profileFor("S"),
  model: "opus",
  transcript: remember(QUESTION, CALLING),
  openCalls: new Set(["1", "2"]),
  settings: SETTINGS,
  ...fields,
});

const demand = (turns: readonly Turn[], fields: Partial<Demand> = {}): Demand => ({
  profile: profileFor("S"),
  model: "opus",
  turns,
  settings: SETTINGS,
  ...fields,
});
const answering = (...content: ContentBlock[]) => [QUESTION, CALLING, user(...content)];
const RESULTS = answering(result("1"), result("2"));

describe("a parked process goes on", () => {
  test("with the results of all its calls", () => {
    const one = parked();
    expect(chooseParked([one], demand(RESULTS))).toBe(one);
  });

  test("in whatever order they are", () => {
    expect(chooseParked([parked()], demand(answering(result("2"), result("1"))))).toBeDefined();
  });

  test("with the answer as the client tells it: its texts in one piece, its arguments written anew", () => {
    const told = remember(QUESTION, assistant(text("a"), call("1", '{"x": 1}'), text("b"), call("2")));
    const turns = [QUESTION, assistant(text("ab"), call("1", '{"x":1}'), call("2")), user(result("1"), result("2"))];
    expect(chooseParked([parked({ transcript: told })], demand(turns))).toBeDefined();
  });

  test("under settings that the CLI takes up within a turn", () => {
    const settings: TurnSettings = { ...SETTINGS, stop: ["END"], toolChoice: { type: "none" } };
    expect(chooseParked([parked()], demand(RESULTS, { settings }))).toBeDefined();
  });

  test("when it is the one among several that waits for these calls", () => {
    const other = parked({ openCalls: new Set(["3", "4"]) });
    const one = parked();
    expect(chooseParked([other, one], demand(RESULTS))).toBe(one);
  });
});

describe("a parked process does not go on", () => {
  const image = { type: "image", mediaType: "image/png", data: "iVBO", width: 2001, height: 1 } as const;

  test.each<[string, Turn[]]>([
    ["without any results", answering(text("never mind"))],
    ["with a text beside them", answering(result("1"), result("2"), text("and"))],
    ["with fewer than it waits for", answering(result("1"))],
    ["with more than it waits for", answering(result("1"), result("2"), result("3"))],
    ["with those of other calls", answering(result("1"), result("3"))],
    ["with one that the CLI would replace", answering(result("1"), { ...result("2"), isError: true })],
    ["with one that is empty", answering(result("1"), { ...result("2"), content: [] })],
    [
      "with one that has an image which the CLI would scale",
      answering(result("1"), { ...result("2"), content: [image] }),
    ],
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
    expect(chooseParked([parked()], demand(turns))).toBeUndefined();
  });

  test.each<[string, Partial<Demand>]>([
    ["under another system prompt", { profile: profileFor("T") }],
    ["for another model", { model: "sonnet" }],
    ["with another effort", { settings: { ...SETTINGS, effort: "high" } }],
    ["with another limit of tokens", { settings: { ...SETTINGS, maxOutputTokens: 5 } }],
    [
      "with a call that is forced: the model would have to stop thinking",
      { settings: { ...SETTINGS, toolChoice: { type: "required" } } },
    ],
  ])("%s", (_, fields) => {
    expect(chooseParked([parked()], demand(RESULTS, fields))).toBeUndefined();
  });

  test("when it remembers another answer than the client was told", () => {
    const transcript = [...remember(QUESTION), { role: "assistant", turn: undefined } as const];
    expect(chooseParked([parked({ transcript })], demand(RESULTS))).toBeUndefined();
  });

  test("when there is none", () => {
    expect(chooseParked([], demand(RESULTS))).toBeUndefined();
  });
});

describe("a parked process is given up", () => {
  test("once a request tells a result of one of its calls, wherever in the conversation", () => {
    const one = parked();
    const later = [...answering(result("1"), result("2"), text("and")), assistant(text("b")), user(text("c"))];
    expect(supersededBy([one], demand(later))).toEqual([one]);
    expect(supersededBy([one], demand(answering(result("2"))))).toEqual([one]);
  });

  test("not for a request that says nothing of its calls", () => {
    const others = [QUESTION, assistant(call("3")), user(result("3"))];
    expect(supersededBy([parked()], demand(others))).toEqual([]);
    expect(supersededBy([parked()], demand([QUESTION]))).toEqual([]);
  });

  test("each that it concerns, and no other", () => {
    const [one, two, three] = [["1"], ["2"], ["3"]].map((ids) => parked({ openCalls: new Set(ids) }));
    if (!one || !two || !three) throw new Error("there are three");
    expect(supersededBy([one, two, three], demand(answering(result("1"), result("3"))))).toEqual([one, three]);
  });
});

describe("a process that went on after results", () => {
  const NEXT = assistant(text("done"));
  const transcript = [
    ...remember(QUESTION, CALLING),
    { role: "user", turn: RESULTS[2] ?? QUESTION, uuid: undefined } as const,
    ...remember(NEXT),
  ];
  const keptFor = (...turns: Turn[]) =>
    chooseReuse([{ profile: profileFor("S"), model: "opus", transcript }], demand(turns))?.keep;

  test("goes on with its conversation", () => {
    expect(keptFor(...RESULTS, NEXT, user(text("more")))).toBe(4);
  });

  test("is rewound to before its question, since the CLI itself put the results together", () => {
    expect(keptFor(...RESULTS)).toBe(0);
    expect(keptFor(...RESULTS, assistant(text("edited")), user(text("more")))).toBe(0);
    expect(keptFor(QUESTION, CALLING, user(result("1"), result("2", "other")))).toBe(0);
  });

  test("is rewound to the nearest question of the client's before", () => {
    const longer = [...remember(user(text("p")), assistant(text("o"))), ...transcript];
    const turns = [user(text("p")), assistant(text("o")), ...RESULTS];
    const view = { profile: profileFor("S"), model: "opus", transcript: longer };
    expect(chooseReuse([view], demand(turns))?.keep).toBe(2);
  });

  test("cannot be rewound when there is no such question", () => {
    const view = { profile: profileFor("S"), model: "opus", transcript: transcript.slice(1) };
    expect(chooseReuse([view], demand([user(text("x"))]))).toBeUndefined();
  });
});
