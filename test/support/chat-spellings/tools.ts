import { definition, type Spelling, spelling, tool } from "./spelling.ts";

const { name, description, parameters } = definition;
const bare = { type: "function", function: { name: "f" } };
const grammar = { syntax: "lark", definition: "start: WORD" };
const custom = {
  type: "custom",
  custom: { name: "patch", description: "Patches.", format: { type: "grammar", grammar } },
};
const named = { type: "function", function: { name: "f" } };

const offered = (title: string, tools: unknown, textbook: unknown = [tool], ...ignored: string[]): Spelling =>
  spelling(`tools: ${title}`, { tools }, { tools: textbook }, ...ignored);
const chosen = (
  tool_choice: unknown,
  textbook: unknown,
  tools: unknown = [tool, custom],
  ...ignored: string[]
): Spelling =>
  spelling(
    `tool_choice: ${JSON.stringify(tool_choice)}`,
    { tools, tool_choice },
    { tools, tool_choice: textbook },
    ...ignored,
  );

export const TOOL_SPELLINGS: readonly Spelling[] = [
  offered("flat", [{ type: "function", ...definition }]),
  offered("Anthropic's", [{ name, description, input_schema: parameters }]),
  offered("Anthropic's with its type", [{ type: "custom", name, description, input_schema: parameters }]),
  offered("MCP's", [{ name, description, inputSchema: parameters }]),
  offered("without a type", [{ function: definition }]),
  offered("an empty type", [{ type: "", function: definition }]),
  offered("one without the list", tool),
  offered("a schema as a text", [
    { type: "function", function: { ...definition, parameters: JSON.stringify(parameters) } },
  ]),
  ...[null, "", [], undefined].map((none) =>
    offered(`parameters of ${JSON.stringify(none)}`, [{ ...bare, function: { name: "f", parameters: none } }], [bare]),
  ),
  offered("a description of null", [{ ...bare, function: { name: "f", description: null } }], [bare]),
  offered("strict that is none", [{ ...tool, function: { ...definition, strict: "yes" } }]),
  offered("the same twice", [tool, { type: "function", ...definition }]),
  offered(
    "a custom tool of the Responses API",
    [{ type: "custom", name: "patch", description: "Patches.", format: { type: "grammar", ...grammar } }],
    [custom],
  ),
  offered(
    "many forms in one list",
    [{ type: "function", ...definition }, custom, { name: "g", input_schema: parameters }],
    [tool, custom, { type: "function", function: { name: "g", parameters } }],
  ),
  offered(
    "those that a provider runs are left out",
    [tool, { type: "file_search", vector_store_ids: [] }, { type: "code_interpreter", container: {} }],
    [tool],
    "tools.file_search",
    "tools.code_interpreter",
  ),
  offered(
    "Anthropic's own are left out",
    [tool, { type: "bash_20250124", name: "bash" }],
    [tool],
    "tools.bash_20250124",
  ),
  offered("none in an empty object", {}, []),
  spelling("functions beside the same tools", { tools: [tool], functions: [definition] }, { tools: [tool] }),
  spelling("functions: an empty text", { functions: "", function_call: "" }, {}),
  spelling(
    "function_call beside tools",
    { tools: [tool], function_call: { name: "f" } },
    { tools: [tool], tool_choice: named },
  ),

  ...["", {}, null].map((none) => chosen(none, undefined)),
  ...["any", "REQUIRED", { type: "any" }, { type: "required" }].map((any) => chosen(any, "required")),
  chosen({ type: "auto" }, "auto"),
  chosen({ type: "none" }, "none"),
  ...[
    "f",
    { type: "tool", name: "f" },
    { type: "tool", toolName: "f" },
    { type: "function", name: "f" },
    { function: { name: "f" } },
  ].map((one) => chosen(one, named)),
  ...["patch", { type: "tool", name: "patch" }, { type: "custom", name: "patch" }].map((one) =>
    chosen(one, { type: "custom", custom: { name: "patch" } }),
  ),
  chosen(
    {
      type: "allowed_tools",
      mode: "required",
      tools: [
        { type: "function", name: "f" },
        { type: "custom", name: "patch" },
      ],
    },
    {
      type: "allowed_tools",
      allowed_tools: { mode: "required", tools: [named, { type: "custom", custom: { name: "patch" } }] },
    },
  ),
  spelling(
    "tool_choice: one at a time, as Anthropic has it",
    { tools: [tool], tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    { tools: [tool], parallel_tool_calls: false },
  ),
  spelling("tool_choice: required without tools", { tool_choice: "required" }, {}, "tool_choice"),
  spelling("tool_choice: one by name without tools", { tools: [], tool_choice: named }, {}, "tool_choice"),
  spelling("function_call: by name without functions", { function_call: { name: "f" } }, {}, "function_call"),
  spelling(
    "tool_choice: one that is not offered",
    { tools: [tool, { type: "file_search" }], tool_choice: { type: "file_search" } },
    { tools: [tool] },
    "tool_choice",
    "tools.file_search",
  ),
  spelling(
    "tool_choice: required, where none is offered",
    { tools: [{ type: "file_search" }], tool_choice: "required" },
    {},
    "tools.file_search",
    "tool_choice",
  ),
];
