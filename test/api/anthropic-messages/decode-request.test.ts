import { describe, expect, test } from "bun:test";
import { decode, refusalOf } from "./decode-body.ts";

test("the smallest body asks for nothing special", () => {
  expect(decode({})).toEqual({
    request: {
      model: "opus",
      system: "",
      turns: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
      maxOutputTokens: 100,
      effort: undefined,
      stop: [],
      outputFormat: undefined,
      tools: [],
      toolChoice: { type: "auto" },
      parallelToolCalls: true,
    },
    stream: false,
    showThinking: false,
    ignored: [],
    missingImages: new Map(),
  });
});

describe("thinking, and what the client is told of it:", () => {
  const effort = (level: string) => ({ output_config: { effort: level } });
  const budget = (tokens: number) => ({ thinking: { type: "enabled", budget_tokens: tokens } });
  test.each<[string, object, string | undefined, boolean]>([
    ["left out is the model's own, untold", {}, undefined, false],
    ["adaptive is the model's own", { thinking: { type: "adaptive" } }, undefined, true],
    ["between tools is the model's own", { thinking: { type: "between_tools" } }, undefined, true],
    ["omitted is untold", { thinking: { type: "adaptive", display: "omitted" } }, undefined, false],
    ["summarized is told", { thinking: { type: "adaptive", display: "summarized" } }, undefined, true],
    ["disabled is none", { thinking: { type: "disabled" } }, "none", false],
    ["disabled comes before an effort", { thinking: { type: "disabled" }, ...effort("high") }, "none", false],
    ["an effort is that effort", effort("xhigh"), "xhigh", false],
    ["an effort comes before a budget", { ...budget(1024), ...effort("max") }, "max", true],
    ["a small budget is low", budget(4096), "low", true],
    ["a middling one is medium", budget(16_384), "medium", true],
    ["a large one is high", budget(16_385), "high", true],
  ])("%s", (_, fields, expected, isShown) => {
    const { request, showThinking } = decode(fields);
    expect<unknown>([request.effort, showThinking]).toEqual([expected, isShown]);
  });
});

describe("structured output", () => {
  const format = { type: "json_schema", schema: { type: "object", properties: {} } };
  test.each([
    ["where it is now", { output_config: { format } }],
    ["where it was", { output_format: format }],
  ])("is asked for %s", (_, fields) => {
    expect(decode(fields).request.outputFormat).toEqual({ schema: format.schema, delivery: "whole" });
    expect(decode({ ...fields, stream: true }).request.outputFormat?.delivery).toBe("as-written");
  });
});

test("stop sequences are passed on, but for empty ones", () => {
  expect(decode({ stop_sequences: ["", "END", "\n"] }).request.stop).toEqual(["END", "\n"]);
});

describe("tools", () => {
  const tool = (name: string, fields: object = {}) => ({ name, input_schema: { type: "object" }, ...fields });
  test("keep their schemas as they are", () => {
    const input_schema = { type: "object", properties: { a: { $ref: "#/$defs/x" } }, $defs: { x: { type: "string" } } };
    const tools = [{ type: "custom", name: "f", description: "What.", input_schema }, tool("g", { description: "" })];
    expect(decode({ tools }).request.tools).toEqual([
      { name: "f", description: "What.", parameters: input_schema },
      { name: "g", parameters: { type: "object" } },
    ]);
  });

  test("get the type that their schema leaves out", () => {
    const tools = [tool("f", { input_schema: { properties: {} } })];
    expect(decode({ tools }).request.tools[0]?.parameters).toEqual({ type: "object", properties: {} });
  });

  const tools = [tool("f"), tool("g")];
  test.each<[string, object, object, boolean]>([
    ["auto", { type: "auto" }, { type: "auto" }, true],
    ["any", { type: "any" }, { type: "required" }, true],
    ["tool", { type: "tool", name: "g" }, { type: "tool", name: "g" }, true],
    ["none", { type: "none" }, { type: "none" }, true],
    ["one at a time", { type: "auto", disable_parallel_tool_use: true }, { type: "auto" }, false],
    ["one, at any rate", { type: "any", disable_parallel_tool_use: true }, { type: "required" }, false],
  ])("are chosen: %s", (_, tool_choice, toolChoice, parallelToolCalls) => {
    expect(decode({ tools, tool_choice }).request).toMatchObject({ toolChoice, parallelToolCalls });
  });

  test.each<[string, object, string]>([
    [
      "Anthropic's own",
      { tools: [tool("f"), { type: "web_search_20250305", name: "web_search" }] },
      "tools[1].type: 'tools[1].type' is \"web_search_20250305\", a tool of Anthropic's. Only your own can be used",
    ],
    ["without a schema", { tools: [{ name: "f" }] }, "tools[0].input_schema: Missing required parameter"],
    ["of another type", { tools: [tool("f", { input_schema: { type: "array" } })] }, "tools[0].input_schema.type: "],
    ["of one name", { tools: [tool("f"), tool("f")] }, "tools[1].name: Two tools"],
    ["a choice of none there is", { tool_choice: { type: "any" } }, "tool_choice: "],
    [
      "a choice of an unknown one",
      { tools, tool_choice: { type: "tool", name: "h" } },
      'tool_choice.name: \'tool_choice.name\' is "h", but the tools of this request are: "f", "g".',
    ],
  ])("are refused: %s", (_, fields, message) => {
    expect(refusalOf(fields)).toStartWith(message);
  });
});
