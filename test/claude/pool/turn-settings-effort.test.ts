import { describe, expect, test } from "bun:test";
import { makeProfile } from "../../../src/claude/pool/profile.ts";
import { settingsOf } from "../../../src/claude/pool/request-settings.ts";
import {
  nearestEffort,
  PLAIN_SETTINGS,
  settingsChange,
  type TurnEffort,
  type TurnSettings,
  thinkingOffOf,
} from "../../../src/claude/pool/turn-settings.ts";
import type { ContentBlock, EffortLevel, ReasoningEffort, Turn } from "../../../src/core/request.ts";
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

// What a turn sets for the API that the CLI knows nothing of, or keeps out.

const NOTHING = { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "", CLAUDE_CODE_DISABLE_THINKING: "", CLAUDE_CODE_EXTRA_BODY: "" };
const format = { type: "json_schema", schema: { type: "object" } };
const cleared = { type: "clear_tool_uses_20250919" };

test.each<[string, Partial<TurnSettings>, Readonly<Record<string, string>>]>([
  ["lets through what goes with a search among tools", { searchesTools: true }, { ENABLE_TOOL_SEARCH: "true" }],
  ["asks for what the API has on trial", { betas: ["a", "b"] }, { ANTHROPIC_BETAS: "a,b" }],
  [
    "says fields of the API's, but for those that are the CLI's",
    { native: { container: "c", messages: [], metadata: {}, betas: [] } },
    { CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ container: "c" }) },
  ],
  [
    "says of a field what is the client's, and what is ours",
    { native: { output_config: { task_budget: 1 } }, outputSchema: format.schema },
    { CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ output_config: { task_budget: 1, format } }) },
  ],
  [
    "says nothing of thinking where there is none",
    { native: { context_management: { edits: [{ type: "clear_thinking_20251015" }] } }, thinkingOff: "omitted" },
    { CLAUDE_CODE_DISABLE_THINKING: "1" },
  ],
  [
    "says the rest of it all the same",
    {
      native: { context_management: { edits: [{ type: "clear_thinking_20251015" }, cleared] } },
      thinkingOff: "omitted",
    },
    {
      CLAUDE_CODE_DISABLE_THINKING: "1",
      CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ context_management: { edits: [cleared] } }),
    },
  ],
])("a turn %s", (_, fields, env) => {
  expect(settingsChange(PLAIN_SETTINGS, { ...PLAIN_SETTINGS, ...fields })).toEqual({ env: { ...NOTHING, ...env } });
});

describe("a model that thinks within a budget", () => {
  const thought: ContentBlock = { type: "thinking", text: "Hm.", signature: "s" };
  const call = (id: string): ContentBlock => ({ type: "tool-call", id, name: "f", args: "{}" });
  const result = (id: string): ContentBlock => ({ type: "tool-result", callId: id, content: [] });
  const asked: Turn = { role: "user", content: [{ type: "text", text: "a" }] };
  const [calls, signedCalls] = [
    { role: "assistant", content: [call("1")] },
    { role: "assistant", content: [thought, call("1")] },
  ] as [Turn, Turn];
  const more: Turn[] = [
    { role: "user", content: [result("1")] },
    { role: "assistant", content: [call("2")] },
    { role: "user", content: [result("2")] },
  ];
  const off = (turns: readonly Turn[], remembered: readonly { readonly turn: Turn | undefined }[] = []) =>
    thinkingOffOf({ turns, thinking: "budgeted" }, remembered);

  test("goes on thinking after results where the first answer since the question began with thinking", () => {
    expect(off([asked, signedCalls, ...more])).toBeUndefined();
    expect(off([asked, calls, ...more])).toBe("omitted");
    expect(off([asked, signedCalls, ...more, { role: "assistant", content: [call("3")] }, asked, calls, ...more])).toBe(
      "omitted",
    );
  });

  test("goes on thinking where the process remembers what the client has left out", () => {
    expect(off([asked, calls, ...more], [{ turn: asked }, { turn: signedCalls }])).toBeUndefined();
  });

  test("thinks about a question, as does another kind of model in any case", () => {
    expect(off([asked, calls, ...more, { role: "assistant", content: [call("3")] }, asked])).toBeUndefined();
    expect(thinkingOffOf({ turns: [asked, calls, ...more], thinking: "adaptive" }, [])).toBeUndefined();
  });
});
