import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Json } from "../../../../src/core/json.ts";
import { decode, refusalOf } from "../decode-body.ts";

const tool = (name: string, fields: object = {}) => ({ type: "function", function: { name, ...fields } });
const parametersOf = (parameters: unknown) =>
  decode({ tools: [tool("f", { parameters })] }).request.tools.map((decoded) => decoded.parameters as Json);
const EMPTY = { type: "object", properties: {} };
const TWO = [tool("a"), tool("b")];

test("tools keep their order, names and descriptions", () => {
  const tools = [tool("get weather/ü", { description: "Tells it." }), tool("b", { description: "" }), tool("c")];
  expect(decode({ tools }).request.tools).toEqual([
    { name: "get weather/ü", description: "Tells it.", parameters: EMPTY },
    { name: "b", parameters: EMPTY },
    { name: "c", parameters: EMPTY },
  ]);
});

describe("the parameters", () => {
  test.each<[string, unknown, Json]>([
    ["left out are those of a function without any", undefined, EMPTY],
    ["of null are, too", null, EMPTY],
    ["without a type get one", { properties: { a: {} } }, { type: "object", properties: { a: {} } }],
    ["of nothing get a type", {}, { type: "object" }],
    ["whose type is null get one, too", { type: null, properties: {} }, EMPTY],
    ["are the engine's to mend, as long as they may be an object's", { type: ["dict"] }, { type: ["dict"] }],
    [
      "of properties are an object's, whatever else they say",
      { type: "string", properties: {} },
      { type: "string", properties: {} },
    ],
  ])("%s", (_, parameters, expected) => {
    expect(parametersOf(parameters)).toEqual([expected]);
  });

  test("that are an object's schema pass untouched, whatever it holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        const schema = { ...fields, type: "object" };
        expect(JSON.stringify(parametersOf(schema))).toBe(JSON.stringify([schema]));
      }),
    );
  });

  test.each<[unknown, string]>([
    ["string", '"string"'],
    ["array", '"array"'],
  ])("of the type %j are refused", (type, told) => {
    const refusal = refusalOf({ tools: [tool("a"), tool("f", { parameters: { type } })] });
    expect(refusal).toMatchObject({ code: "invalid_request", param: "tools[1].function.parameters.type" });
    expect(refusal.message).toContain(`expected "object", but got ${told}`);
  });
});

describe("the tool choice", () => {
  const named = tool("b");
  const allowing = (mode: string, ...names: string[]) => ({
    type: "allowed_tools",
    allowed_tools: { mode, tools: names.map((name) => tool(name)) },
  });
  test.each<[string, unknown, object, string[]]>([
    ["left out is auto", undefined, { type: "auto" }, ["a", "b"]],
    ["null is auto", null, { type: "auto" }, ["a", "b"]],
    ["auto", "auto", { type: "auto" }, ["a", "b"]],
    ["none", "none", { type: "none" }, ["a", "b"]],
    ["required", "required", { type: "required" }, ["a", "b"]],
    ["of a function", named, { type: "tool", name: "b" }, ["a", "b"]],
    ["of allowed tools offers only those", allowing("auto", "b"), { type: "auto" }, ["b"]],
    [
      "of required tools offers only those, in the tools' order",
      allowing("required", "b", "a"),
      { type: "required" },
      ["a", "b"],
    ],
  ])("%s", (_, tool_choice, toolChoice, names) => {
    const { request } = decode({ tools: TWO, tool_choice });
    expect(request.toolChoice).toEqual(toolChoice as typeof request.toolChoice);
    expect(request.tools.map(({ name }) => name)).toEqual(names);
  });

  test.each(["auto", "none"])("%s needs no tools", (tool_choice) => {
    expect(decode({ tool_choice }).request).toMatchObject({ tools: [], toolChoice: { type: tool_choice } });
  });

  test.each<[string, object, string, string]>([
    ["required without tools", { tool_choice: "required" }, "tool_choice", "there are no tools"],
    ["a function without tools", { tool_choice: named }, "tool_choice.function.name", "none at all"],
    ["a function that is none", { tools: TWO, tool_choice: tool("c") }, "tool_choice.function.name", '"a", "b"'],
    [
      "an allowed tool that is none",
      { tools: TWO, tool_choice: allowing("auto", "a", "c") },
      "tool_choice.allowed_tools.tools[1].function.name",
      '"c"',
    ],
  ])("of %s is refused, among none by a strict server alone", (_, fields, param, words) => {
    const refusal = refusalOf(fields, { strict: !("tools" in fields) });
    expect(refusal).toMatchObject({ code: "invalid_request", param });
    expect(refusal.message).toContain(words);
  });
});

test.each<[unknown, boolean]>([
  [undefined, true],
  [null, true],
  [true, true],
  [false, false],
])("parallel_tool_calls %j", (parallel_tool_calls, expected) => {
  expect(decode({ tools: TWO, parallel_tool_calls }).request.parallelToolCalls).toBe(expected);
});

test.each<[string, object, string, boolean]>([
  [
    "tools of one name that differ",
    { tools: [tool("f"), tool("g"), tool("f", { description: "F" })] },
    "tools[2].function.name",
    false,
  ],
  [
    "functions of one name that differ",
    { functions: [{ name: "f" }, { name: "f", description: "F" }] },
    "functions[1].name",
    false,
  ],
  ["equal tools, where the server is strict,", { tools: [tool("f"), tool("f")] }, "tools[1].function.name", true],
])("two %s are refused", (_, fields, param, strict) => {
  expect(refusalOf(fields, { strict })).toMatchObject({ code: "invalid_request", param });
});

describe("functions, the old form of tools,", () => {
  const functions = [
    { name: "a", description: "A" },
    { name: "b", parameters: { properties: {} } },
  ];

  test("are tools, one of which is called at a time, and are answered in the old form", () => {
    const { request, callShape } = decode({ functions, parallel_tool_calls: true });
    expect(request).toMatchObject({
      tools: [
        { name: "a", description: "A", parameters: EMPTY },
        { name: "b", parameters: EMPTY },
      ],
      toolChoice: { type: "auto" },
      parallelToolCalls: false,
    });
    expect(callShape).toBe("function_call");
    expect(decode({ tools: TWO }).callShape).toBe("tool_calls");
  });

  test.each<[string, object, object]>([
    ["auto", { function_call: "auto" }, { type: "auto" }],
    ["none", { function_call: "none" }, { type: "none" }],
    ["a name", { function_call: { name: "b" } }, { type: "tool", name: "b" }],
    ["the new form", { tool_choice: "required" }, { type: "required" }],
    ["both, the old form wins", { function_call: "none", tool_choice: "required" }, { type: "none" }],
  ])("are chosen from by %s", (_, fields, toolChoice) => {
    expect(decode({ functions, ...fields }).request).toMatchObject({ toolChoice });
  });

  test.each<[string, object, string]>([
    ["beside tools", { functions, tools: TWO }, "functions"],
    ["when the one to call is none of them", { functions, function_call: { name: "c" } }, "function_call.name"],
  ])("are refused %s", (_, fields, param) => {
    expect(refusalOf(fields)).toMatchObject({ code: "invalid_request", param });
  });

  test("cannot be called when there are none, which a strict server says; auto and none then ask for nothing", () => {
    const refusal = refusalOf({ function_call: { name: "f" } }, { strict: true });
    expect(refusal).toMatchObject({ param: "function_call.name" });
    for (const function_call of ["auto", "none"]) expect(decode({ function_call })).toEqual(decode({}));
  });

  test("of an empty list beside tools are none", () => {
    expect(decode({ functions: [], tools: TWO })).toEqual(decode({ tools: TWO }));
  });
});
