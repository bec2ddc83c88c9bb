import { describe, expect, test } from "bun:test";
import { decode, refusalOf } from "../decode-body.ts";

const F = { type: "function", name: "f", description: "Does f", parameters: { type: "object", properties: {} } };
const PATCH = { type: "custom", name: "patch", description: "Changes files" };
const CRM = {
  type: "namespace",
  name: "crm",
  description: "Customers.",
  tools: [{ type: "function", name: "find" }, PATCH],
};
const TEXT_INPUT = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
  additionalProperties: false,
};
const choice = (tool_choice: unknown) => {
  const { tools, toolChoice } = decode({ tools: [F, PATCH, CRM], tool_choice }).request;
  return { tools: tools.map(({ name }) => name), toolChoice };
};
const WHERE = "The input is one text. Give it whole, exactly as described, as the value of `input`.";
const ALL = ["f", "patch", "crm__find", "crm__patch"];

describe("tools", () => {
  test("functions are offered as they are", () => {
    expect(decode({ tools: [F] }).request.tools).toEqual([
      { name: "f", description: "Does f", parameters: { type: "object", properties: {} } },
    ]);
  });

  test("a custom tool is offered as a function of one text, which says where that goes, and its grammar", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: WORD" };
    expect(decode({ tools: [PATCH, { ...PATCH, name: "other", format }] }).request.tools).toEqual([
      { name: "patch", description: `Changes files\n\n${WHERE}`, parameters: TEXT_INPUT },
      {
        name: "other",
        description: `Changes files\n\n${WHERE}\n\nThe input must follow this lark grammar:\nstart: WORD`,
        parameters: TEXT_INPUT,
      },
    ]);
  });

  test("those of a namespace are offered under one name each, and told what it is for", () => {
    const { request, clientTools } = decode({ tools: [CRM] });
    expect(request.tools).toMatchObject([
      { name: "crm__find", description: "Customers." },
      { name: "crm__patch", description: `Customers.\n\nChanges files\n\n${WHERE}`, parameters: TEXT_INPUT },
    ]);
    expect(clientTools.get("crm__find")).toEqual({ kind: "function", name: "find", namespace: "crm" });
    expect(clientTools.get("crm__patch")).toEqual({ kind: "custom", name: "patch", namespace: "crm" });
  });

  test("a namespace that ends with the separator gets no other", () => {
    expect(decode({ tools: [{ ...CRM, name: "mcp__crm__" }] }).request.tools[0]?.name).toBe("mcp__crm__find");
  });

  test("calls in the history go by the same names", () => {
    const input = [
      { role: "user", content: "a" },
      { type: "function_call", call_id: "1", name: "find", namespace: "crm", arguments: "{}" },
      { type: "function_call_output", call_id: "1", output: "b" },
    ];
    expect(decode({ input }).request.turns[1]?.content).toMatchObject([{ name: "crm__find" }]);
  });
});

test.each<[string, unknown, object]>([
  ["auto", "auto", { tools: ALL, toolChoice: { type: "auto" } }],
  ["none", "none", { tools: ALL, toolChoice: { type: "none" } }],
  ["required", "required", { tools: ALL, toolChoice: { type: "required" } }],
  ["a function", { type: "function", name: "f" }, { tools: ALL, toolChoice: { type: "tool", name: "f" } }],
  ["a custom tool", { type: "custom", name: "patch" }, { tools: ALL, toolChoice: { type: "tool", name: "patch" } }],
  [
    "one of a namespace",
    { type: "function", name: "find", namespace: "crm" },
    { tools: ALL, toolChoice: { type: "tool", name: "crm__find" } },
  ],
  [
    "some",
    { type: "allowed_tools", mode: "required", tools: [{ type: "custom", name: "patch" }] },
    { tools: ["patch"], toolChoice: { type: "required" } },
  ],
])("the choice of %s", (_, tool_choice, expected) => {
  expect(choice(tool_choice)).toEqual(expected as ReturnType<typeof choice>);
});

describe("refused is", () => {
  test.each<[string, object, string]>([
    ["a name that two tools have", { tools: [F, { ...PATCH, name: "f" }] }, "tools[1].name"],
    [
      "a schema of something else than an object",
      { tools: [{ ...F, parameters: { type: "string" } }] },
      "tools[0].parameters.type",
    ],
    [
      "the same within a namespace",
      { tools: [{ ...CRM, tools: [{ ...F, parameters: { type: "array" } }] }] },
      "tools[0].tools[0].parameters.type",
    ],
    ["a choice that there is not", { tools: [F], tool_choice: { type: "function", name: "g" } }, "tool_choice.name"],
    [
      "the same among several",
      { tools: [F], tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "g" }] } },
      "tool_choice.tools[0].name",
    ],
    ["a choice among none", { tools: [], tool_choice: "required" }, "tool_choice"],
  ])("%s", (_, fields, param) => {
    expect(refusalOf(fields).param).toBe(param);
  });
});
