import { describe, expect, test } from "bun:test";
import { settingsChange, splitStops, type TurnSettings } from "../../../src/claude/pool/turn-settings.ts";
import { REASONING_EFFORTS } from "../../../src/core/request.ts";

const DEFAULT_SETTINGS: TurnSettings = { effort: undefined, maxOutputTokens: undefined, stop: [] };
const settings = (fields: Partial<TurnSettings>): TurnSettings => ({ ...DEFAULT_SETTINGS, ...fields });

describe("from the default settings, a turn sends", () => {
  const table: [string, Partial<TurnSettings>, Record<string, unknown> | undefined][] = [
    ["nothing, when it asks for nothing", {}, undefined],
    ["its effort", { effort: "high" }, { effortLevel: "high" }],
    ["its token limit", { maxOutputTokens: 123 }, { env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "123" } }],
    [
      "its stop texts, for the body of the API's request",
      { stop: ["END", '"\n'] },
      { env: { CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END","\\"\\n"]}' } },
    ],
    ["no stop text of white space only, which the API refuses", { stop: ["\n\n", " "] }, undefined],
    [
      "the other stop texts beside one of white space only",
      { stop: ["\n\n", "END"] },
      { env: { CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END"]}' } },
    ],
    [
      "all of them together",
      { effort: "low", maxOutputTokens: 1, stop: ["END"] },
      {
        effortLevel: "low",
        env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "1", CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END"]}' },
      },
    ],
  ];
  test.each(table)("%s", (_, fields, change) => {
    expect(settingsChange(DEFAULT_SETTINGS, settings(fields))).toEqual(change);
  });
});

test("every effort has its level in the CLI, which has none below low", () => {
  const levels = REASONING_EFFORTS.map((effort) => [
    effort,
    settingsChange(DEFAULT_SETTINGS, settings({ effort }))?.effortLevel,
  ]);
  expect(Object.fromEntries(levels)).toEqual({
    none: "low",
    minimal: "low",
    low: "low",
    medium: "medium",
    high: "high",
    xhigh: "xhigh",
    max: "max",
  });
});

describe("from one turn to the next", () => {
  test("nothing is sent when nothing changes", () => {
    const same = settings({ effort: "max", maxOutputTokens: 5, stop: ["END"] });
    expect(settingsChange(same, structuredClone(same))).toBeUndefined();
  });

  test("nothing is sent when the difference is none to the CLI", () => {
    expect(
      settingsChange(settings({ effort: "none", stop: [" "] }), settings({ effort: "low", stop: ["\n"] })),
    ).toBeUndefined();
  });

  test("only what changes is sent", () => {
    const from = settings({ effort: "max", maxOutputTokens: 5 });
    expect(settingsChange(from, settings({ effort: "max", maxOutputTokens: 6 }))).toEqual({
      env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "6" },
    });
  });

  test("everything goes back to the CLI's default that the next turn does not set", () => {
    const from = settings({ effort: "max", maxOutputTokens: 5, stop: ["END"] });
    expect(settingsChange(from, DEFAULT_SETTINGS)).toEqual({
      effortLevel: null,
      env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "", CLAUDE_CODE_EXTRA_BODY: "" },
    });
  });
});

describe("stop texts", () => {
  test("of white space only are ours to watch for, all others the API's", () => {
    expect(splitStops(["END", "\n\n", " x ", " ", "\t"])).toEqual({
      native: ["END", " x "],
      filtered: ["\n\n", " ", "\t"],
    });
  });

  test("may be none", () => {
    expect(splitStops([])).toEqual({ native: [], filtered: [] });
  });
});

test("a process of which nothing is known yet is told everything, whatever its own configuration says", () => {
  expect(settingsChange(undefined, DEFAULT_SETTINGS)).toEqual({
    effortLevel: null,
    env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "", CLAUDE_CODE_EXTRA_BODY: "" },
  });
});
