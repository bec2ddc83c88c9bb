import { describe, expect, test } from "bun:test";
import { verdict } from "./verdict.ts";

const MODELS = {
  haiku45: "claude-haiku-4-5-20251001",
  opus45: "claude-opus-4-5",
  sonnet46: "claude-sonnet-4-6",
  opus48: "claude-opus-4-8",
  opus5: "claude-opus-5",
  sonnet5: "claude-sonnet-5",
  fable5: "claude-fable-5",
  haiku55: "claude-haiku-5-5",
  sonnet55: "claude-sonnet-5-5",
  opus55: "claude-opus-5-5",
  fable52: "claude-fable-5-2[1m]",
  opus7: "claude-opus-7",
} as const;
type Name = keyof typeof MODELS;

const tools = [{ name: "weather", input_schema: { type: "object" } }];
const thinking = (type: string, effort?: string) => ({
  thinking: { type, ...(type === "enabled" ? { budget_tokens: 2000 } : {}) },
  ...(effort === undefined ? {} : { output_config: { effort } }),
});
const effort = (level: string) => ({ output_config: { effort: level } });
const prefill = { messages: ["user", "assistant"].map((role) => ({ role, content: "x" })) };

const NEWEST: Name[] = ["sonnet55", "opus55", "fable52", "opus7"];
const FROM_4_7: Name[] = ["opus48", "opus5", "sonnet5", "fable5", "haiku55", ...NEWEST];
const OLDER: Name[] = ["haiku45", "opus45"];

describe("by model, and by no other, it refuses", () => {
  test.each<[string, object, Name[], RegExp]>([
    ["any tool", { tools, tool_choice: { type: "any" } }, NEWEST, /^tool_choice: type "tool" and "any" are not/],
    ["a named tool", { tools, tool_choice: { type: "tool", name: "weather" } }, NEWEST, /^tool_choice: type "tool"/],
    ["no tool", { tools, tool_choice: { type: "none" } }, [], /never/],
    ["disabled", thinking("disabled"), ["fable5", ...NEWEST], /^"thinking.type.disabled" is not supported/],
    ["disabled, high up", thinking("disabled", "max"), ["opus5", "fable5", "haiku55", ...NEWEST, ...OLDER], /./],
    ["between_tools", thinking("between_tools"), without("sonnet55"), /^"thinking.type.between_tools" is not/],
    ["between_tools, high up", thinking("between_tools", "xhigh"), without(), /./],
    ["a budget", thinking("enabled"), FROM_4_7, /^"thinking.type.enabled" is not supported/],
    ["adaptive", thinking("adaptive"), OLDER, /^adaptive thinking is not supported/],
    ["low", effort("low"), ["haiku45"], /^This model does not support the effort parameter/],
    ["xhigh", effort("xhigh"), [...OLDER, "sonnet46"], /does not support/],
    ["max", effort("max"), OLDER, /does not support/],
    ["a temperature", { temperature: 0.2 }, FROM_4_7, /^`temperature` is deprecated for this model/],
    ["the default temperature", { temperature: 1 }, [], /never/],
    ["top_p", { top_p: 0.5 }, FROM_4_7, /^`top_p` is deprecated/],
    ["top_k", { top_k: 5 }, FROM_4_7, /^`top_k` is deprecated/],
    ["both", { temperature: 1, top_p: 1 }, ["sonnet46", ...OLDER], /cannot both be specified/],
    ["prefill", prefill, ["sonnet46", ...FROM_4_7], /^This model does not support assistant message prefill/],
  ])("%s", (_, body, refusing, words) => {
    for (const name of without()) {
      const refused = verdict({ model: MODELS[name], ...body });
      if (refusing.includes(name)) expect(refused, name).toMatch(words);
      else expect(refused, name).toBeUndefined();
    }
  });
});

test("sampling does not go with thinking", () => {
  const model = MODELS.sonnet46;
  for (const sampling of [{ temperature: 0 }, { top_k: 5 }, { top_p: 0.5 }]) {
    expect(verdict({ model, ...sampling, ...thinking("adaptive") })).toContain(Object.keys(sampling)[0] ?? "");
    expect(verdict({ model, ...sampling, ...thinking("disabled") })).toBeUndefined();
  }
});

function without(...left: Name[]): Name[] {
  const names: Name[] = [...OLDER, "sonnet46", ...FROM_4_7];
  return names.filter((name) => !left.includes(name));
}
