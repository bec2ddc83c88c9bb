import type { Spelling } from "./spelling.ts";

export const F = {
  type: "function",
  name: "f",
  description: "d",
  parameters: { type: "object", properties: { x: { type: "integer" } } },
};
const { type: _type, ...DEFINITION } = F;
const offering = (tool: object) => ({ input: "a", tools: [tool] });
const choosing = (tool_choice: unknown) => ({ input: "a", tools: [F], tool_choice });
const schema = { type: "object", properties: { y: { type: "string" } }, additionalProperties: false };
const formatted = (text: object) => ({ input: "a", text });
const FORMAT = { type: "json_schema", name: "n", schema };

/** Tools, the choice among them, and settings. */
export const OPTIONS: readonly Spelling[] = [
  {
    name: "a tool as a chat has it",
    spelled: offering({ type: "function", function: DEFINITION }),
    textbook: offering(F),
  },
  { name: "a tool without a type", spelled: offering({ function: DEFINITION }), textbook: offering(F) },
  {
    name: "a tool as Anthropic has it",
    spelled: offering({ name: "f", description: "d", input_schema: F.parameters }),
    textbook: offering(F),
  },
  { name: "functions of old", spelled: { input: "a", functions: [DEFINITION] }, textbook: offering(F) },
  { name: "one tool instead of a list", spelled: { input: "a", tools: F }, textbook: offering(F) },
  { name: "a tool twice", spelled: { input: "a", tools: [F, F] }, textbook: offering(F) },
  {
    name: "a custom tool as a chat has it",
    spelled: offering({
      type: "custom",
      custom: { name: "p", format: { type: "grammar", grammar: { syntax: "lark", definition: "s" } } },
    }),
    textbook: offering({ type: "custom", name: "p", format: { type: "grammar", syntax: "lark", definition: "s" } }),
  },
  { name: "the choice any", spelled: choosing("any"), textbook: choosing("required") },
  { name: "a choice as an object", spelled: choosing({ type: "auto" }), textbook: choosing("auto") },
  { name: "a choice that is empty", spelled: choosing(""), textbook: choosing(null) },
  {
    name: "a choice as a chat has it",
    spelled: choosing({ type: "function", function: { name: "f" } }),
    textbook: choosing({ type: "function", name: "f" }),
  },
  {
    name: "a choice as Anthropic has it",
    spelled: choosing({ type: "tool", name: "f", disable_parallel_tool_use: true }),
    textbook: { ...choosing({ type: "function", name: "f" }), parallel_tool_calls: false },
  },
  { name: "a tool's bare name", spelled: choosing("f"), textbook: choosing({ type: "function", name: "f" }) },
  {
    name: "allowed tools as a chat has them",
    spelled: choosing({
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
    }),
    textbook: choosing({ type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] }),
  },
  {
    name: "a choice of what is not offered",
    spelled: choosing({ type: "image_generation" }),
    textbook: choosing("auto"),
    named: ["tool_choice"],
  },
  { name: "limits that are none", spelled: { input: "a", max_output_tokens: -1 }, textbook: { input: "a" } },
  {
    name: "a limit by a chat's name",
    spelled: { input: "a", max_tokens: 90 },
    textbook: { input: "a", max_output_tokens: 90 },
  },
  {
    name: "a limit as a text",
    spelled: { input: "a", max_output_tokens: "90" },
    textbook: { input: "a", max_output_tokens: 90 },
  },
  ...["", "auto", "default", null].map((effort) => ({
    name: `the effort ${JSON.stringify(effort)}`,
    spelled: { input: "a", reasoning: { effort } },
    textbook: { input: "a" },
  })),
  {
    name: "an effort by a chat's name",
    spelled: { input: "a", reasoning_effort: "High" },
    textbook: { input: "a", reasoning: { effort: "high" } },
  },
  { name: "reasoning that is empty", spelled: { input: "a", reasoning: {} }, textbook: { input: "a" } },
  {
    name: "a format as a chat has it",
    spelled: formatted({ format: { type: "json_schema", json_schema: { name: "n", schema } } }),
    textbook: formatted({ format: FORMAT }),
  },
  {
    name: "a format at a chat's place",
    spelled: { input: "a", response_format: { type: "json_schema", json_schema: { schema } } },
    textbook: formatted({ format: FORMAT }),
  },
  {
    name: "a format in a word",
    spelled: formatted({ format: "json" }),
    textbook: formatted({ format: { type: "json_object" } }),
  },
  { name: "a format that is empty", spelled: formatted({ format: {} }), textbook: { input: "a" } },
  {
    name: "what is empty, or written as a text",
    spelled: {
      input: "a",
      previous_response_id: "",
      conversation: "",
      include: "",
      tools: "",
      store: "false",
      metadata: "",
    },
    textbook: { input: "a", store: false },
  },
  {
    name: "metadata of other types",
    spelled: { input: "a", metadata: { n: 1, gone: null } },
    textbook: { input: "a", metadata: { n: "1" } },
  },
];
