import { describe, expect, test } from "bun:test";
import type { Demand, ProcessView, Resting } from "../../../src/claude/pool/choice.ts";
import { BLANK_PROFILE } from "../../../src/claude/pool/profile.ts";
import type { ChatRequest } from "../../../src/core/request.ts";
import { choose, demand, raw, rememberTexts, turnsOf, view } from "./policy-fixture.ts";
import { assistant, call, profileFor, remember, result, text, user } from "./turns.ts";

const LONG = "x".repeat(4_001);
const F = { name: "f", parameters: { type: "object" } } as const;
const G = { name: "g", parameters: { type: "object" } } as const;
const FORMAT = { schema: { type: "object" }, delivery: "whole" } as const;

const CALLING = [user(text("a")), assistant(call("1"))];
const RESULTS = [...CALLING, user(result("1"))];

const parked = view({ transcript: remember(...CALLING), openCalls: new Set(["1"]) });
const blank = view({ profile: BLANK_PROFILE });
const idle = (...texts: string[]) => view({ transcript: rememberTexts(...texts) });
const ofProfile = (system: string, fields: Partial<ChatRequest> = {}, model = "opus") =>
  view({ profile: profileFor(system, fields), model, transcript: rememberTexts("x", "<y>") });
const asking = (system: string, fields: Partial<ChatRequest> = {}, more: Partial<Demand> = {}) =>
  demand(turnsOf("a", "<b>", "c"), { profile: profileFor(system, fields), ...more });

const PROCESSES = {
  parked,
  knowing: idle("a", "<b>"),
  light: idle("x", "<y>"),
  "light, bound otherwise": ofProfile("T"),
  heavy: idle(LONG, "<y>"),
  "heavy, bound otherwise": view({ profile: profileFor("T"), transcript: rememberTexts(LONG, "<y>") }),
  blank,
  "other blank": view({ profile: BLANK_PROFILE, model: "sonnet" }),
  raw: raw(),
} as const;
type Name = keyof typeof PROCESSES;

const named = (names: readonly Name[]) => names.map((name) => PROCESSES[name]);
const nameOf = (worker: ProcessView) => Object.entries(PROCESSES).find(([, process]) => process === worker)?.[0];

/** What becomes of a request: how it is served, by which process, and how many turns that keeps. */
function outcome(resting: { [K in keyof Resting<never>]?: readonly Name[] }, request: Demand) {
  const { parked: waiting = [], idle: resting_ = [], warm = [] } = resting;
  const choice = choose({ parked: named(waiting), idle: named(resting_), warm: named(warm) }, request);
  if (choice.type === "start") return "start";
  return choice.type === "resume" ? `resume ${nameOf(choice.worker)}` : `${nameOf(choice.worker)}, keep ${choice.keep}`;
}

describe("a request is served by", () => {
  const [goesOn, isNew] = [demand(turnsOf("a", "<b>", "c")), demand(turnsOf("a"))];
  const answers = demand(RESULTS);
  const all: Name[] = ["heavy, bound otherwise", "heavy", "light, bound otherwise", "light", "knowing"];
  test.each<[string, { parked?: Name[]; idle?: Name[]; warm?: Name[] }, Demand, string]>([
    [
      "the one that waits for its results",
      { parked: ["parked"], idle: all, warm: ["blank"] },
      answers,
      "resume parked",
    ],
    ["no parked one otherwise", { parked: ["parked"] }, goesOn, "start"],
    [
      "the one that remembers its conversation",
      { parked: ["parked"], idle: all, warm: ["blank"] },
      goesOn,
      "knowing, keep 2",
    ],
    ["else one with little to lose that is bound to the same", { idle: all, warm: ["blank"] }, isNew, "light, keep 0"],
    [
      "of several such, the one that rests longest",
      { idle: ["knowing", "light"], warm: ["raw"] },
      isNew,
      "knowing, keep 0",
    ],
    [
      "else any with little to lose",
      { idle: all.slice(0, 3), warm: ["blank"] },
      isNew,
      "light, bound otherwise, keep 0",
    ],
    ["else one never asked", { idle: all.slice(0, 2), warm: ["raw"] }, isNew, "raw, keep 0"],
    ["of those never asked, one that is made ready", { warm: ["raw", "blank"] }, isNew, "blank, keep 0"],
    ["of equal ones, the one that rests longest", { warm: ["other blank", "blank"] }, isNew, "other blank, keep 0"],
    ["else one with much to lose that is bound to the same", { idle: all.slice(0, 2) }, isNew, "heavy, keep 0"],
    ["else any", { idle: all.slice(0, 1) }, isNew, "heavy, bound otherwise, keep 0"],
    ["a new one, where there is none", {}, isNew, "start"],
  ])("%s", (_, resting, request, expected) => {
    expect(outcome(resting, request)).toBe(expected);
  });

  test("one never asked, once what the others remember is more than a light conversation, which is four thousand characters", () => {
    const light = idle("x".repeat(3_997), "<y>");
    const heavy = idle("x".repeat(3_998), "<y>");
    expect(choose({ idle: [light], warm: [blank] }, demand(turnsOf("a")))).toMatchObject({ worker: light });
    expect(choose({ idle: [heavy], warm: [blank] }, demand(turnsOf("a")))).toMatchObject({ worker: blank });
  });

  test("the one that remembers it, even if it is light and another one is never asked", () => {
    const choice = choose({ idle: [idle("x"), idle("a", "<b>")], warm: [raw()] }, demand(turnsOf("a", "<b>", "c")));
    expect(choice).toMatchObject({ type: "reuse", keep: 2 });
  });
});

describe("a process that remembers nothing worth keeping can serve a request that differs in", () => {
  const cases: [string, ProcessView, Demand, rebinds: boolean, fixed: boolean][] = [
    ["nothing", ofProfile("S"), asking("S"), true, true],
    ["its system prompt", ofProfile("S"), asking("T"), true, false],
    ["that it has a system prompt", ofProfile(""), asking("S"), true, false],
    ["that it has no system prompt", ofProfile("S"), asking(""), false, false],
    ["that its system prompt is blank", ofProfile("S"), asking(" \n"), false, false],
    ["nothing, both without a system prompt", ofProfile(""), asking(""), true, true],
    ["its model", ofProfile("S"), asking("S", {}, { model: "sonnet" }), true, false],
    ["model and system prompt", ofProfile("S"), asking("T", {}, { model: "sonnet" }), true, false],
    ["that it has tools", ofProfile("S"), asking("S", { tools: [F] }), true, false],
    ["its tools", ofProfile("S", { tools: [F] }), asking("S", { tools: [G] }), true, false],
    ["one more tool", ofProfile("S", { tools: [F] }), asking("S", { tools: [F, G] }), true, false],
    ["that it has no tools", ofProfile("S", { tools: [F] }), asking("S"), true, false],
    ["the system prompt beside tools", ofProfile("S", { tools: [F] }), asking("T", { tools: [F] }), true, false],
    ["that its answer has a schema", ofProfile("S"), asking("S", { outputFormat: FORMAT }), false, false],
    ["that its answer has no schema", ofProfile("S", { outputFormat: FORMAT }), asking("S"), false, false],
    [
      "the system prompt beside a schema",
      ofProfile("S", { outputFormat: FORMAT }),
      asking("T", { outputFormat: FORMAT }),
      true,
      false,
    ],
    ["a schema and tools, when it is blank", blank, asking("S", { tools: [F], outputFormat: FORMAT }), false, false],
    ["tools and all, when it is blank", blank, asking("S", { tools: [F] }, { model: "sonnet" }), true, false],
    ["everything, when it is not initialised", raw(), asking("S", { tools: [F], outputFormat: FORMAT }), true, true],
  ];
  test.each(cases)("%s", (_, process, request, whenRebinding, otherwise) => {
    for (const place of ["idle", "warm"] as const) {
      const serves = (rebinds: boolean) => choose({ [place]: [{ ...process, rebinds }] }, request).type === "reuse";
      expect([serves(true), serves(false)]).toEqual([whenRebinding, otherwise]);
    }
  });

  test("what it remembers is kept under another system prompt or other tools, not for another model", () => {
    const knowing = idle("a", "<b>");
    const keptFor = (request: Demand) => choose({ idle: [knowing] }, request);
    for (const request of [asking("T"), asking("S", { tools: [F] })]) {
      expect(keptFor(request)).toMatchObject({ worker: knowing, keep: 2 });
    }
    expect(keptFor(asking("S", {}, { model: "sonnet" }))).toMatchObject({ worker: knowing, keep: 0 });
  });
});

describe("among processes that could all serve a request, it gets", () => {
  const withTools = ofProfile("T", { tools: [F] });
  const toolless = ofProfile("T");
  const promptless = ofProfile("", { tools: [F] });
  const bound = ofProfile("S", { tools: [F] });
  const untouched = view({ profile: BLANK_PROFILE, transcript: rememberTexts("x", "<y>") });
  const uninitialised = raw();
  const wantsTools = asking("S", { tools: [F] });
  const order = [bound, withTools, promptless, toolless, uninitialised];
  const pick = (workers: ProcessView[], request: Demand) => {
    const choice = choose({ idle: workers }, request);
    return choice.type === "start" ? undefined : choice.worker;
  };

  test("one bound to the same; else of the same tools and with a system prompt; without; without tools; not initialised", () => {
    for (const [index, expected] of order.entries()) {
      expect(pick(order.slice(index).reverse(), wantsTools)).toBe(expected);
      expect(pick(order.slice(index), wantsTools)).toBe(expected);
    }
  });

  test("one that had a system prompt before, so that those stay that alone serve requests without", () => {
    expect(pick([untouched, toolless], asking("S"))).toBe(toolless);
    expect(pick([untouched, toolless], asking(""))).toBe(untouched);
  });
});
