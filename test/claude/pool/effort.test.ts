import { describe, expect, test } from "bun:test";
import { makeProfile, settingsOf } from "../../../src/claude/pool/profile.ts";
import { nearestEffort, type TurnEffort } from "../../../src/claude/pool/turn-settings.ts";
import type { EffortLevel, ReasoningEffort } from "../../../src/core/request.ts";
import { FACTS } from "../../support/models.ts";

test.each<[ReasoningEffort | undefined, readonly EffortLevel[], TurnEffort]>([
  ["high", ["low", "medium", "high", "xhigh", "max"], "high"],
  ["xhigh", ["low", "medium", "high", "max"], "high"],
  ["max", ["low", "medium", "high"], "high"],
  ["low", ["medium", "high"], "medium"],
  ["medium", [], "unset"],
  ["none", [], "unset"],
  [undefined, [], "unset"],
  ["none", ["low", "high"], "none"],
  ["minimal", ["medium", "high"], "medium"],
  [undefined, ["low", "medium", "high"], undefined],
  [undefined, ["low", "medium"], "medium"],
])("the effort %s is, for a model of %j, %s", (effort, levels, nearest) => {
  expect(nearestEffort(effort, levels)).toBe(nearest);
});

describe("what a request asks for beyond what the model can is the same as its maximum", () => {
  const request = { model: "m", system: "", turns: [], tools: [], stop: [], parallelToolCalls: true } as const;
  const profile = makeProfile({ system: "", tools: [], outputSchema: undefined });
  const facts = { ...FACTS, outputTokens: 64_000, efforts: ["low", "high"] } as const;
  test.each([
    [
      { maxOutputTokens: 200_000, effort: "max" },
      { maxOutputTokens: 64_000, effort: "high" },
    ],
    [{ maxOutputTokens: 64_001 }, { maxOutputTokens: 64_000, effort: undefined }],
    [{ maxOutputTokens: 63_999 }, { maxOutputTokens: 63_999 }],
    [{}, { maxOutputTokens: undefined, effort: undefined }],
  ] as const)("%j", (fields, settings) => {
    expect(settingsOf({ ...request, ...fields, toolChoice: { type: "auto" } }, profile, facts)).toMatchObject(settings);
  });
});
