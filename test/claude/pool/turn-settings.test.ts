import { describe, expect, test } from "bun:test";
import { goesOnWith, settingsChange, splitStops, type TurnSettings } from "../../../src/claude/pool/turn-settings.ts";
import { REASONING_EFFORTS } from "../../../src/core/request.ts";
import { image, result, text, user } from "./turns.ts";

const DEFAULT_SETTINGS: TurnSettings = {
  effort: undefined,
  maxOutputTokens: undefined,
  stop: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
};
const settings = (fields: Partial<TurnSettings>): TurnSettings => ({ ...DEFAULT_SETTINGS, ...fields });

/** Every variable, as the CLI's default has it, but for these. */
const allEnv = (env: Record<string, string>) => ({
  env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "", CLAUDE_CODE_DISABLE_THINKING: "", CLAUDE_CODE_EXTRA_BODY: "", ...env },
});

describe("from the default settings, a turn sends", () => {
  const table: [string, Partial<TurnSettings>, Record<string, unknown> | undefined][] = [
    ["nothing, when it asks for nothing", {}, undefined],
    ["its effort", { effort: "high" }, { effortLevel: "high" }],
    ["that it sends no effort at all", { effort: "unset" }, allEnv({ CLAUDE_CODE_EFFORT_LEVEL: "unset" })],
    ["its token limit", { maxOutputTokens: 123 }, allEnv({ CLAUDE_CODE_MAX_OUTPUT_TOKENS: "123" })],
    [
      "its stop texts, for the body of the API's request",
      { stop: ["END", '"\n'] },
      allEnv({ CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END","\\"\\n"]}' }),
    ],
    ["no stop text of white space only, which the API refuses", { stop: ["\n\n", " "] }, undefined],
    [
      "the other stop texts beside one of white space only",
      { stop: ["\n\n", "END"] },
      allEnv({ CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END"]}' }),
    ],
    [
      "that it is not to think, by leaving it out",
      { thinkingOff: "omitted" },
      allEnv({ CLAUDE_CODE_DISABLE_THINKING: "1" }),
    ],
    [
      "that it is not to think, in the model's word",
      { thinkingOff: "between_tools", sampling: { temperature: 0 } },
      allEnv({
        CLAUDE_CODE_DISABLE_THINKING: "1",
        CLAUDE_CODE_EXTRA_BODY: '{"thinking":{"type":"between_tools"},"temperature":0}',
      }),
    ],
    [
      "the schema of its answer beside its effort",
      { effort: "high", outputSchema: { type: "object" } },
      {
        effortLevel: "high",
        ...allEnv({
          CLAUDE_CODE_EXTRA_BODY: '{"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}}',
        }),
      },
    ],
    [
      "its tools, to the letter",
      {
        tools: [
          { name: "z", description: "½" },
          { type: "web_search_20250305", name: "web_search" },
        ],
      },
      allEnv({
        CLAUDE_CODE_EXTRA_BODY:
          '{"tools":[{"name":"z","description":"½"},{"type":"web_search_20250305","name":"web_search"}]}',
      }),
    ],
    [
      "other fields of the API's",
      { native: { container: "c", context_management: { edits: [] } } },
      allEnv({ CLAUDE_CODE_EXTRA_BODY: '{"container":"c","context_management":{"edits":[]}}' }),
    ],
    [
      "none of them that are the CLI's own to say",
      { native: { model: "x", messages: [], system: "x", metadata: {}, stream: false, betas: [] } },
      undefined,
    ],
    [
      "none in the place of a setting of its own",
      { native: { stop_sequences: ["x"], tools: [] }, stop: ["END"], tools: [{ name: "f" }] },
      allEnv({ CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END"],"tools":[{"name":"f"}]}' }),
    ],
    [
      "all of them together",
      { effort: "low", maxOutputTokens: 1, stop: ["END"] },
      {
        effortLevel: "low",
        ...allEnv({ CLAUDE_CODE_MAX_OUTPUT_TOKENS: "1", CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END"]}' }),
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
      settingsChange(settings({ effort: "minimal", stop: [" "] }), settings({ effort: "low", stop: ["\n"] })),
    ).toBeUndefined();
  });

  test("the effort alone is sent when nothing else changes", () => {
    const from = settings({ effort: "max", maxOutputTokens: 5 });
    expect(settingsChange(from, settings({ effort: "low", maxOutputTokens: 5 }))).toEqual({ effortLevel: "low" });
  });

  test("of the variables all are sent when one changes: the CLI forgets those that a new list leaves out", () => {
    const from = settings({ effort: "max", maxOutputTokens: 5, stop: ["END"] });
    expect(settingsChange(from, settings({ effort: "max", maxOutputTokens: 6, stop: ["END"] }))).toEqual(
      allEnv({ CLAUDE_CODE_MAX_OUTPUT_TOKENS: "6", CLAUDE_CODE_EXTRA_BODY: '{"stop_sequences":["END"]}' }),
    );
  });

  test("everything goes back to the CLI's default that the next turn does not set", () => {
    const from = settings({ effort: "max", maxOutputTokens: 5, stop: ["END"] });
    expect(settingsChange(from, DEFAULT_SETTINGS)).toEqual({
      effortLevel: null,
      ...allEnv({}),
    });
  });
});

describe("stop texts", () => {
  test("of white space only are ours to watch for, all others the API's", () => {
    expect(splitStops({ stop: ["END", "\n\n", " x ", " ", "\t"] })).toEqual({
      native: ["END", " x "],
      filtered: ["\n\n", " ", "\t"],
    });
  });

  test("are all ours where the model takes none", () => {
    const watched = { stop: ["END", "\n"], watchesStops: true } as const;
    expect(splitStops(watched)).toEqual({ native: [], filtered: ["END", "\n"] });
    expect(settingsChange(DEFAULT_SETTINGS, settings(watched))).toBeUndefined();
  });

  test("may be none", () => {
    expect(splitStops({ stop: [] })).toEqual({ native: [], filtered: [] });
  });
});

test("a process of which nothing is known yet is told everything, whatever its own configuration says", () => {
  expect(settingsChange(undefined, DEFAULT_SETTINGS)).toEqual({
    effortLevel: null,
    env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "", CLAUDE_CODE_DISABLE_THINKING: "", CLAUDE_CODE_EXTRA_BODY: "" },
  });
});

describe("which tools may, or must, be called", () => {
  const bodyOf = (fields: Partial<TurnSettings>) => settingsChange(DEFAULT_SETTINGS, settings(fields));
  const body = (extra: object) => ({ CLAUDE_CODE_EXTRA_BODY: JSON.stringify(extra) });
  const noThinking = { CLAUDE_CODE_DISABLE_THINKING: "1" };

  test.each<[string, Partial<TurnSettings>, Record<string, string> | undefined]>([
    ["any or none, the API's default, needs no word", { toolChoice: { type: "auto" } }, undefined],
    ["none", { toolChoice: { type: "none" } }, body({ tool_choice: { type: "none" } })],
    [
      "one at a time",
      { parallelToolCalls: false },
      body({ tool_choice: { type: "auto", disable_parallel_tool_use: true } }),
    ],
    [
      "some: the API then wants a model that does not think",
      { toolChoice: { type: "required" }, thinkingOff: "omitted" },
      { ...noThinking, ...body({ tool_choice: { type: "any" } }) },
    ],
    [
      "this one, and only once",
      { toolChoice: { type: "tool", name: "f" }, parallelToolCalls: false, thinkingOff: "omitted" },
      { ...noThinking, ...body({ tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true } }) },
    ],
    [
      "beside stop texts",
      { toolChoice: { type: "none" }, stop: ["END"] },
      body({ stop_sequences: ["END"], tool_choice: { type: "none" } }),
    ],
  ])("%s", (_, fields, env) => {
    expect(bodyOf(fields)).toEqual(env === undefined ? undefined : allEnv(env));
  });

  test("a call that is asked for in words changes no setting", () => {
    expect(bodyOf({ wantedCall: { type: "required" } })).toBeUndefined();
  });
});

describe("a turn that waits for the results of calls", () => {
  const RESULTS = user(result("1"), result("2"));
  const goesOn = (fields: Partial<TurnSettings>, turn = RESULTS) =>
    goesOnWith(turn, DEFAULT_SETTINGS, settings(fields));

  test.each<[Partial<TurnSettings>, ReturnType<typeof goesOn>]>([
    [{}, "within"],
    [{ stop: ["END"] }, "within"],
    [{ toolChoice: { type: "none" } }, "within"],
    [{ parallelToolCalls: false }, "within"],
    [{ tools: [{ name: "f" }] }, "within"],
    [{ native: { container: "c" } }, "within"],
    [{ outputSchema: { type: "object" } }, "within"],
    [{ maxOutputTokens: 5 }, "settled"],
    [{ wantedCall: { type: "required" } }, "within"],
    [{ toolChoice: { type: "required" }, thinkingOff: "omitted" }, "settled"],
    [{ thinkingOff: "disabled" }, "settled"],
    [{ effort: "high" }, undefined],
    [{ effort: "none" }, undefined],
    [{ effort: "unset" }, undefined],
  ])("under %j goes on %s", (fields, way) => {
    expect(goesOn(fields)).toBe(way);
  });

  test("is over with them where the user says something else", () => {
    for (const said of [text("and"), image("iVBO")]) {
      expect(goesOn({}, user(result("1"), said))).toBe("settled");
      expect(goesOn({ effort: "high" }, user(result("1"), said))).toBe("settled");
    }
  });
});
