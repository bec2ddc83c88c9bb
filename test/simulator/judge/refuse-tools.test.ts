import { testAccepted, testRefused } from "./verdict.ts";

const SCHEMA = { type: "object", properties: { city: { type: "string" } } };
const tool = (changes: object = {}) => ({ name: "weather", description: "says it", input_schema: SCHEMA, ...changes });
const tools = (...list: unknown[]) => ({ tools: list });
const choice = (tool_choice: unknown, changes: object = {}) => ({ ...tools(tool()), tool_choice, ...changes });
const FORCED_THINKING = "Thinking may not be enabled when tool_choice forces tool use.";
const NO_TOOLS = "tool_choice.any may only be specified while providing tools";
const COMPOSED = "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level";

testAccepted([
  ["a tool", tools(tool())],
  ["an empty list of tools", tools()],
  ["a tool without a description", tools(tool({ description: undefined }))],
  ["a tool name of 128 characters", tools(tool({ name: "a".repeat(128) }))],
  ["a tool name of letters, digits, _ and -", tools(tool({ name: "mcp__a-B_9" }))],
  ["a tool of type custom", tools(tool({ type: "custom" }))],
  ["a tool of the API's own, which has no schema", tools({ type: "web_search_20250305", name: "web_search" })],
  ["a schema with nothing but its type", tools(tool({ input_schema: { type: "object" } }))],
  ["anyOf below the top of a schema", tools(tool({ input_schema: { ...SCHEMA, properties: { a: { anyOf: [{}] } } } }))],
  ["a schema that forbids other properties", tools(tool({ input_schema: { ...SCHEMA, additionalProperties: false } }))],
]);

testRefused([
  ["tools that are no list", { tools: {} }, "tools: Input should be a valid array"],
  ["a tool that is no object", tools("weather"), "tools.0: Input should be an object"],
  ["a tool without a name", tools(tool({ name: undefined })), "tools.0.custom.name: Field required"],
  [
    "a tool name with a dot",
    tools(tool(), tool({ name: "a.b" })),
    "tools.1.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  ],
  [
    "a tool name of 129 characters",
    tools(tool({ name: "a".repeat(129) })),
    "tools.0.custom.name: String should have at most 128 characters",
  ],
  ["an empty tool name", tools(tool({ name: "" })), "tools.0.custom.name: String should have at least 1 character"],
  ["a name that two tools have", tools(tool(), tool({ description: "other" })), "tools: Tool names must be unique."],
  [
    "a description that is no string",
    tools(tool({ description: 7 })),
    "tools.0.custom.description: Input should be a valid string",
  ],
  ["a tool without a schema", tools({ name: "weather" }), "tools.0.custom.input_schema: Field required"],
  [
    "a schema that is no object",
    tools(tool({ input_schema: true })),
    "tools.0.custom.input_schema: Input should be an object",
  ],
  ["a schema without a type", tools(tool({ input_schema: {} })), "tools.0.custom.input_schema.type: Field required"],
  [
    "a schema of another type",
    tools(tool({ input_schema: { type: "array" } })),
    "tools.0.custom.input_schema.type: Input should be 'object'",
  ],
  ["oneOf at the top of a schema", tools(tool({ input_schema: { ...SCHEMA, oneOf: [{}] } })), COMPOSED],
  ["allOf at the top of a schema", tools(tool({ input_schema: { ...SCHEMA, allOf: [{}] } })), COMPOSED],
  ["anyOf at the top of a schema", tools(tool({ input_schema: { ...SCHEMA, anyOf: [{}] } })), COMPOSED],
  [
    "a property name with a bracket",
    tools(tool({ input_schema: { type: "object", properties: { "filter[id]": {} } } })),
    "tools.0.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
  ],
]);

testAccepted([
  [
    "any property name deeper down",
    tools(tool({ input_schema: { ...SCHEMA, properties: { a: { properties: { "$[]": {} } } } } })),
  ],
  ["tool_choice auto", choice({ type: "auto" })],
  ["tool_choice none", choice({ type: "none" })],
  ["tool_choice any", choice({ type: "any" })],
  ["tool_choice of an offered tool", choice({ type: "tool", name: "weather" })],
  ["disable_parallel_tool_use", choice({ type: "auto", disable_parallel_tool_use: true })],
  ["tool_choice auto while thinking", choice({ type: "auto" }, { thinking: { type: "adaptive" } })],
  ["a forced tool while thinking adaptively", choice({ type: "any" }, { thinking: { type: "adaptive" } })],
  ["a forced tool with thinking disabled", choice({ type: "any" }, { thinking: { type: "disabled" } })],
]);

testRefused([
  ["a tool_choice that is no object", choice("auto"), "tool_choice: Input should be an object"],
  [
    "an unknown tool_choice",
    choice({ type: "required" }),
    "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
  ],
  ["a tool_choice without a type", choice({ name: "weather" }), "tool_choice.type: Field required"],
  ["tool_choice tool without a name", choice({ type: "tool" }), "tool_choice.tool.name: Field required"],
  [
    "tool_choice of a tool that is not offered",
    choice({ type: "tool", name: "news" }),
    "Tool 'news' not found in provided tools",
  ],
  ["tool_choice any without tools", choice({ type: "any" }, { tools: undefined }), NO_TOOLS],
  ["tool_choice any with an empty list of tools", choice({ type: "any" }, { tools: [] }), NO_TOOLS],
  [
    "tool_choice tool without tools",
    choice({ type: "tool", name: "weather" }, { tools: [] }),
    "Tool 'weather' not found in provided tools",
  ],
  [
    "disable_parallel_tool_use that is no boolean",
    choice({ type: "any", disable_parallel_tool_use: "yes" }),
    "tool_choice.any.disable_parallel_tool_use: Input should be a valid boolean",
  ],
  [
    "any while thinking manually",
    choice({ type: "any" }, { thinking: { type: "enabled", budget_tokens: 1024 } }),
    FORCED_THINKING,
  ],
  [
    "a named tool while thinking",
    choice({ type: "tool", name: "weather" }, { thinking: { type: "enabled", budget_tokens: 1024 } }),
    FORCED_THINKING,
  ],
]);

const INVALID =
  "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 " +
  "(https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.";
const holding = (property: unknown) => tools(tool({ input_schema: { type: "object", properties: { a: property } } }));

testAccepted([
  ["a keyword that draft 2020-12 does not have", holding({ type: "string", nullable: true, example: 1 })],
  ["a schema of another draft, by its words", holding({ $schema: "http://json-schema.org/draft-07/schema#" })],
  ["a property of which nothing is said", holding({})],
  [
    "properties and required that are null",
    tools(tool({ input_schema: { ...SCHEMA, properties: null, required: null } })),
  ],
]);

testRefused([
  ["a type that there is not", holding({ type: "any" }), INVALID],
  [
    "a list of items by place, as older drafts had it",
    holding({ type: "array", items: [{ type: "string" }] }),
    INVALID,
  ],
  ["an exclusive bound that is a flag", holding({ type: "number", exclusiveMinimum: true }), INVALID],
  ["required within a property", holding({ type: "string", required: true }), INVALID],
  ["a name that is required twice", holding({ type: "object", required: ["b", "b"] }), INVALID],
  ["an empty choice", holding({ anyOf: [] }), INVALID],
  [
    "a schema that is no schema, deep within",
    holding({ type: "array", items: { properties: { b: "string" } } }),
    INVALID,
  ],
]);
