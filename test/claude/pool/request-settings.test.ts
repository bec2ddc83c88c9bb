import { describe, expect, test } from "bun:test";
import { presumedFacts } from "../../../src/claude/models/facts.ts";
import { type Fit, fitToModel } from "../../../src/claude/pool/request-settings.ts";
import type { ChatRequest } from "../../../src/core/request.ts";

const TOOL = { name: "f", parameters: { type: "object" } };
const fit = (model: string, wishes: Partial<ChatRequest>) =>
  fitToModel({ tools: [TOOL], toolChoice: { type: "auto" }, ...wishes }, presumedFacts(model));

describe("not to think", () => {
  test.each<[string, Fit["thinkingOff"]]>([
    ["claude-haiku-4-5-20251001", "omitted"],
    ["claude-opus-4-8", "omitted"],
    ["claude-sonnet-4-6", "omitted"],
    ["claude-opus-5", "disabled"],
    ["claude-sonnet-5", "disabled"],
    ["claude-haiku-5-5", "disabled"],
    ["claude-sonnet-5-5", "between_tools"],
    ["claude-sonnet-6", "between_tools"],
    ["claude-fable-5", undefined],
    ["claude-mythos-5-2", undefined],
    ["claude-opus-5-5", undefined],
    ["claude-opus-7[1m]", undefined],
    ["claude-novel-1", undefined],
  ])("%s is told %p", (model, thinkingOff) => {
    expect(fit(model, { effort: "none" })).toMatchObject({ effort: "none", thinkingOff, unmet: [] });
    expect(fit(model, { maxOutputTokens: 1024 }).thinkingOff).toBe(thinkingOff);
    expect(fit(model, { maxOutputTokens: 1024, effort: "low" }).thinkingOff).toBeUndefined();
  });
});

test("a small limit turns thinking off, unless the client asks for thinking", () => {
  const facts = presumedFacts("claude-opus-4-7");
  const wishes = { tools: [], toolChoice: { type: "auto" }, maxOutputTokens: 1_024 } as const;
  expect(fitToModel(wishes, facts).thinkingOff).toBe("omitted");
  expect(fitToModel({ ...wishes, thinks: true }, facts).thinkingOff).toBeUndefined();
  expect(fitToModel({ ...wishes, maxOutputTokens: 1_025 }, facts).thinkingOff).toBeUndefined();
});

test("where nothing is said of thinking, a model that thinks only when it is told to does not, and takes a temperature", () => {
  const wishes = { thinks: "when-told", effort: "max", sampling: { temperature: 0 } } as const;
  const quiet = { thinkingOff: "omitted", effort: "max" };
  expect(fit("claude-haiku-4-5", wishes)).toMatchObject({ ...quiet, sampling: { temperature: 0 }, unmet: [] });
  expect(fit("claude-opus-4-8", wishes)).toMatchObject({ ...quiet, sampling: undefined });
  expect(fit("claude-sonnet-5", wishes)).toMatchObject({ thinkingOff: undefined, effort: "max" });
});

describe("not to think, at an effort,", () => {
  test.each<[string, ChatRequest["effort"], Partial<Fit>]>([
    ["claude-opus-5", undefined, { thinkingOff: "disabled", effort: "none" }],
    ["claude-opus-5", "medium", { thinkingOff: "disabled", effort: "medium" }],
    ["claude-opus-5", "max", { thinkingOff: "disabled", effort: "high" }],
    ["claude-sonnet-5-5", "xhigh", { thinkingOff: "between_tools", effort: "high" }],
    ["claude-opus-4-8", "max", { thinkingOff: "omitted", effort: "max" }],
    ["claude-opus-5-5", "max", { thinkingOff: undefined, effort: "max" }],
    ["claude-opus-5-5", undefined, { thinkingOff: undefined, effort: "none" }],
  ])("is of %s at %p %j", (model, effort, expected) => {
    expect(fit(model, { thinks: false, effort })).toMatchObject(expected);
  });
});

describe("a call that must be made", () => {
  const required = { toolChoice: { type: "required" } } as const;
  const named = { toolChoice: { type: "tool", name: "f" } } as const;

  test.each(["claude-haiku-4-5", "claude-opus-4-8", "claude-opus-5", "claude-haiku-5-5"])("is forced: %s", (model) => {
    for (const wish of [required, named]) {
      expect(fit(model, wish)).toMatchObject({ ...wish, thinkingOff: "omitted", unmet: [] });
    }
    expect(fit("claude-opus-5", { ...required, effort: "none" }).thinkingOff).toBe("disabled");
  });

  test("is forced where the model cannot do without thinking, too", () => {
    expect(fit("claude-fable-5", required)).toMatchObject({ ...required, thinkingOff: undefined, unmet: [] });
  });

  test.each(["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1", "claude-mythos-6", "claude"])(
    "is asked for in words: %s",
    (model) => {
      for (const wish of [required, named]) {
        expect(fit(model, wish)).toMatchObject({
          toolChoice: { type: "auto" },
          wantedCall: wish.toolChoice,
          thinkingOff: undefined,
          unmet: ["forced-call"],
        });
      }
    },
  );

  test("is none without tools", () => {
    expect(fit("claude-opus-5-5", { ...required, tools: [] })).toMatchObject({ ...required, unmet: [] });
  });
});

describe("sampling", () => {
  const all = { temperature: 0.2, topP: 0.9, topK: 5 };

  test("reaches a model that takes it, when it does not think", () => {
    expect(fit("claude-sonnet-4-6", { sampling: all, effort: "none" })).toMatchObject({
      sampling: { temperature: 0.2, top_k: 5 },
      unmet: ["top-p"],
    });
    expect(fit("claude-sonnet-4-6", { sampling: { temperature: 1.5 }, effort: "none" })).toMatchObject({
      sampling: undefined,
      unmet: ["temperature"],
    });
  });

  test.each([
    ["claude-sonnet-4-6", undefined],
    ["claude-opus-4-7", "none"],
    ["claude-haiku-5-5", "none"],
    ["claude-opus-5-5", "none"],
  ] as const)("has no effect otherwise: %s, %p", (model, effort) => {
    expect(fit(model, { sampling: all, ...(effort && { effort }) })).toMatchObject({
      sampling: undefined,
      unmet: ["temperature", "top-p", "top-k"],
    });
  });
});
