import { describe, expect, test } from "bun:test";
import type { ToldThinking } from "../../../../src/api/anthropic-messages/decode/thinking.ts";
import { decode, refusalOf } from "../decode-body.ts";

test("the smallest body asks for nothing special", () => {
  expect(decode({})).toEqual({
    request: {
      model: "opus",
      system: "",
      turns: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
      maxOutputTokens: 100,
      effort: undefined,
      thinks: "when-told",
      stop: [],
      tellsPauses: true,
      outputFormat: undefined,
      tools: [],
      toolChoice: { type: "auto" },
      parallelToolCalls: true,
    },
    stream: false,
    thinking: "none",
    ignored: [],
  });
});

describe("thinking, and what the client is told of it:", () => {
  const effort = (level: string) => ({ output_config: { effort: level } });
  const budget = (tokens: number) => ({ thinking: { type: "enabled", budget_tokens: tokens } });
  test.each<[string, object, string | undefined, ToldThinking]>([
    ["left out is the model's own, untold", {}, undefined, "none"],
    [
      "left out where tools are offered, only its signatures are told",
      { tools: [{ name: "f", input_schema: {} }] },
      undefined,
      "omitted",
    ],
    ["adaptive is the model's own", { thinking: { type: "adaptive" } }, undefined, "words"],
    ["between tools is none before the answer", { thinking: { type: "between_tools" } }, "off", "words"],
    ["omitted is told by its signatures", { thinking: { type: "adaptive", display: "omitted" } }, undefined, "omitted"],
    ["summarized is told", { thinking: { type: "adaptive", display: "summarized" } }, undefined, "words"],
    ["disabled is none", { thinking: { type: "disabled" } }, "off", "none"],
    ["disabled goes with an effort", { thinking: { type: "disabled" }, ...effort("high") }, "high, off", "none"],
    ["an effort is that effort", effort("xhigh"), "xhigh", "none"],
    ["an effort comes before a budget", { ...budget(1024), ...effort("max") }, "max", "words"],
    ["a small budget is low", budget(4096), "low", "words"],
    ["what programs send for the least is low", budget(1024), "low", "words"],
    ["from 8,192 on it is medium", budget(8192), "medium", "words"],
    ["from 16,384 on it is high", budget(16_384), "high", "words"],
    ["from 31,999 on it is the most", budget(31_999), "max", "words"],
    ["less than the API takes is low", budget(1), "low", "words"],
    ["enabled without a budget is the model's own", { thinking: { type: "enabled" } }, undefined, "words"],
    ["updates are told as thinking", { thinking: { type: "adaptive", display: "updates" } }, undefined, "words"],
    ["a display that nobody knows is told", { thinking: { type: "adaptive", display: "new" } }, undefined, "words"],
  ])("%s", (_, fields, expected, told) => {
    const { request, thinking } = decode(fields);
    const asked = [request.effort, request.thinks === false ? "off" : undefined].filter(Boolean).join(", ");
    expect<unknown>([asked, thinking]).toEqual([expected ?? "", told]);
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
      { name: "f", description: "What.", parameters: input_schema, native: { type: "custom" } },
      { name: "g", description: "", parameters: { type: "object" } },
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
    ["of another type", { tools: [tool("f", { input_schema: { type: "array" } })] }, "tools[0].input_schema.type: "],
    ["two of one name", { tools: [tool("f"), tool("f", { description: "x" })] }, "tools[1].name: Two different tools"],
    [
      "a choice of an unknown one",
      { tools, tool_choice: { type: "tool", name: "h" } },
      'tool_choice.name: \'tool_choice.name\' is "h", but the tools of this request are: "f", "g".',
    ],
  ])("are refused: %s", (_, fields, message) => {
    expect(refusalOf(fields)).toStartWith(message);
  });

  test.each<[string, object, string]>([
    ["a choice of none there is", { tool_choice: { type: "any" } }, "tool_choice: "],
    ["without a schema", { tools: [{ name: "f" }] }, "tools[0].input_schema: Missing required parameter"],
  ])("are refused by a strict server: %s", (_, fields, message) => {
    expect(refusalOf(fields, true)).toStartWith(message);
  });

  test("that say the same twice are one", () => {
    expect(decode({ tools: [tool("f"), tool("f")] }).request.tools).toHaveLength(1);
  });
});
