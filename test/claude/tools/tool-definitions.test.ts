import { describe, expect, test } from "bun:test";
import { mendTools, namesOfServerTools, toolDefinitions } from "../../../src/claude/tools/tool-definitions.ts";
import { ToolNames } from "../../../src/claude/tools/tool-names.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { ServerTool, Tool } from "../../../src/core/request.ts";

const SEARCH = { type: "web_search_20250305", name: "web_search", max_uses: 3 };
const MCP = { type: "mcp_toolset", mcp_server_name: "files" };
const f = (name: string, native?: JsonObject): Tool => ({
  name,
  description: `Does ${name}…`,
  parameters: { type: "object" },
  ...(native ? { native } : {}),
});
const defined = (tools: readonly Tool[], serverTools: readonly ServerTool[] = []) =>
  toolDefinitions({ tools, serverTools }, new ToolNames(tools, namesOfServerTools(serverTools)));

test("the API gets the client's functions to the letter, in their order", () => {
  const words = "½ （是） a\u200bb e\u0301 \ud83d\udc68\u200d\ud83d\udc69";
  const parameters = { type: "object", properties: { a: { enum: [words], description: words } }, description: words };
  expect(
    defined([
      { name: "z", description: words, parameters },
      { name: "a", parameters: { type: "object" } },
    ]),
  ).toEqual([
    { name: "z", description: words, input_schema: parameters },
    { name: "a", input_schema: { type: "object" } },
  ]);
});

test("what else a definition says stands beside that, in the order in which programs write it", () => {
  const native = {
    type: "custom",
    strict: true,
    input_examples: [{ a: 1 }],
    defer_loading: true,
    allowed_callers: ["x"],
  };
  const [tool] = defined([f("f", native)]);
  expect(tool).toEqual({ name: "f", description: "Does f…", input_schema: { type: "object" }, ...native });
  expect(Object.keys(tool ?? {}).slice(0, 4)).toEqual(["type", "name", "description", "input_schema"]);
});

test("a tool that the API knows by its type, and the client runs, has neither description nor schema", () => {
  const native = { type: "computer_20251124", display_width_px: 800, display_height_px: 600 };
  expect(defined([f("computer", native)])).toEqual([{ name: "computer", ...native }]);
});

test("tools that the API runs stand as they are where the client put them", () => {
  const at = (place: number, definition: JsonObject): ServerTool => ({ definition, at: place });
  const all = defined([f("a"), f("b")], [at(2, MCP), at(0, SEARCH), at(1, { type: "x", name: "x" })]);
  expect(all.map((tool) => tool.name ?? tool.type)).toEqual(["web_search", "a", "x", "b", "mcp_toolset"]);
  expect([all[0], all[4]]).toEqual([SEARCH, MCP]);
});

test("a function of the name of one that the API runs is told by another name", () => {
  const names = defined([f("web_search")], [{ definition: SEARCH, at: 0 }]).map(({ name }) => name);
  expect(names).toEqual(["web_search", "web_search_2"]);
});

describe("of marks for the prompt cache, the CLI leaves room for one, of an hour:", () => {
  const marked = (...marks: (JsonObject | null | undefined)[]) =>
    defined(marks.map((mark, index) => f(`f${index}`, mark === undefined ? undefined : { cache_control: mark }))).map(
      (tool) => tool.cache_control,
    );
  const [HOUR, MINUTES] = [
    { type: "ephemeral", ttl: "1h" },
    { type: "ephemeral", ttl: "5m" },
  ];

  test.each<[string, (JsonObject | null | undefined)[], (JsonObject | undefined)[]]>([
    ["that is kept", [undefined, HOUR], [undefined, HOUR]],
    ["the last of several is kept", [HOUR, HOUR, undefined], [undefined, HOUR, undefined]],
    ["one of five minutes, which may not come before an hour, is not", [MINUTES], [undefined]],
    ["one that says no time is not", [{ type: "ephemeral" }], [undefined]],
    ["nor is nothing", [null], [undefined]],
  ])("%s", (_, marks, kept) => {
    expect(marked(...marks)).toEqual(kept);
  });

  test("so it is on tools that the API runs", () => {
    const definition = { ...SEARCH, cache_control: MINUTES };
    expect(defined([f("f", { cache_control: HOUR })], [{ definition, at: 1 }])[1]).toEqual(SEARCH);
  });
});

const refusalOf = (parameters: JsonObject) => {
  try {
    mendTools([
      { name: "fine", parameters: {} },
      { name: "f", parameters },
    ]);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("a schema that cannot be mended is refused by tool and place", () => {
  test.each<[Json, string]>([
    [{ type: "starship" }, "$.properties.$a.type must be one of"],
    [{ minimum: "low" }, "$.properties.$a.minimum must be a number."],
    [{ minLength: -1 }, "$.properties.$a.minLength must be a whole number"],
    [{ pattern: 5 }, "$.properties.$a.pattern must be a string."],
    [{ anyOf: [{ type: "string" }, 5] }, "$.properties.$a.anyOf[1] is no schema"],
    [5, "$.properties.$a is no schema"],
  ])("%j", (argument, problem) => {
    expect(refusalOf({ properties: { $a: argument } })).toMatchObject({
      code: "invalid_request",
      param: "tools",
      message: expect.stringContaining(`of the tool "f": ${problem}`),
    });
  });

  test.each<[JsonObject, string]>([
    [{ type: "string" }, '$.type must be "object"'],
    [
      { anyOf: [{ type: "string" }, { type: "null" }] },
      "$.anyOf has no branch that is an object, or more branches than can be merged.",
    ],
    [{ properties: 5 }, "$.properties must be an object of schemas."],
  ])("%j", (parameters, problem) => {
    expect(refusalOf(parameters)).toMatchObject({ message: expect.stringContaining(problem) });
  });
});

test("tools that need no mending stay the same", () => {
  const tools = [
    { name: "f", description: "F.", parameters: { type: "object", properties: { a: { type: "string" } } } },
  ];
  expect(mendTools(tools)[0]).toEqual(tools[0]);
});
