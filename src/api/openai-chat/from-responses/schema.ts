import Type, { type Static } from "typebox";
import { REASONING_EFFORTS } from "../../../core/request.ts";
import { ignored, optional } from "../../validation/optional.ts";
import { AnthropicSearchTool, SearchChoice, SearchTool } from "../../web-search/schema.ts";
import { RefusalPart, TextPart } from "../wire/messages.ts";
import { ChatCompletionBody } from "../wire/schema.ts";
import { CustomTool, FunctionDefinition, HostedTool, SchemaObject } from "../wire/tools.ts";

// The body of OpenAI's Responses API, as far as a chat can answer it: Cursor posts it to /v1/chat/completions.

/** What an item that comes back says of itself, and what its content says as well. */
const repeated = { id: Type.Optional(Type.Unknown()), status: Type.Optional(Type.Unknown()) };

const textOf = <T extends string>(type: T) => Type.Object({ type: Type.Literal(type), text: Type.String() });

const InputImage = Type.Object({
  type: Type.Literal("input_image"),
  image_url: optional(Type.String()),
  file_id: optional(Type.String()),
  detail: ignored(Type.String(), "auto"),
});

const InputFile = Type.Object({
  type: Type.Literal("input_file"),
  file_data: optional(Type.String()),
  file_id: optional(Type.String()),
  file_url: optional(Type.String()),
  filename: optional(Type.String()),
});

const ContentPart = Type.Union([
  textOf("input_text"),
  textOf("output_text"),
  TextPart,
  RefusalPart,
  InputImage,
  InputFile,
]);
export type ContentPart = Static<typeof ContentPart>;

const MessageItem = Type.Object({
  type: Type.Literal("message"),
  role: Type.Union([
    Type.Literal("system"),
    Type.Literal("developer"),
    Type.Literal("user"),
    Type.Literal("assistant"),
  ]),
  content: Type.Union([Type.String(), Type.Array(ContentPart)]),
  phase: Type.Optional(Type.Unknown()),
  ...repeated,
});

const FunctionCallItem = Type.Object({
  type: Type.Literal("function_call"),
  call_id: Type.String(),
  name: Type.String({ minLength: 1 }),
  arguments: Type.String(),
  ...repeated,
});

const CustomToolCallItem = Type.Object({
  type: Type.Literal("custom_tool_call"),
  call_id: Type.String(),
  name: Type.String({ minLength: 1 }),
  input: Type.String(),
  ...repeated,
});

const outputOf = <T extends string>(type: T) =>
  Type.Object({
    type: Type.Literal(type),
    call_id: Type.String(),
    output: Type.Union([Type.String(), Type.Array(Type.Union([textOf("input_text"), InputImage, InputFile]))]),
    is_error: optional(Type.Boolean()),
    ...repeated,
  });

const CompactionItem = Type.Object({
  type: Type.Literal("compaction"),
  encrypted_content: Type.String(),
  ...repeated,
});

/** Anthropic takes thinking only as its own, signed: what a client kept of it cannot be given back. */
const ReasoningItem = Type.Object({
  type: Type.Literal("reasoning"),
  summary: ignored(Type.Unknown()),
  content: ignored(Type.Unknown()),
  encrypted_content: ignored(Type.Unknown()),
  ...repeated,
});

const InputItem = Type.Union([
  MessageItem,
  FunctionCallItem,
  outputOf("function_call_output"),
  CustomToolCallItem,
  outputOf("custom_tool_call_output"),
  ReasoningItem,
  CompactionItem,
]);
export type InputItem = Static<typeof InputItem>;

const FlatCustomTool = Type.Object({
  type: Type.Literal("custom"),
  name: CustomTool.properties.custom.properties.name,
  description: optional(Type.String()),
  format: optional(
    Type.Union([
      Type.Object({ type: Type.Literal("text") }),
      Type.Object({ type: Type.Literal("grammar"), syntax: Type.String(), definition: Type.String() }),
    ]),
  ),
});
const FlatTool = Type.Union([
  Type.Object({ type: Type.Literal("function"), ...FunctionDefinition.properties }),
  FlatCustomTool,
  SearchTool,
  AnthropicSearchTool,
  HostedTool,
]);
export type FlatTool = Static<typeof FlatTool>;
const FlatNamedTool = Type.Union([
  Type.Object({ type: Type.Union([Type.Literal("function"), Type.Literal("custom")]), name: Type.String() }),
  SearchChoice,
]);
export type FlatNamedTool = Static<typeof FlatNamedTool>;

const FlatToolChoice = Type.Union([
  Type.Literal("none"),
  Type.Literal("auto"),
  Type.Literal("required"),
  FlatNamedTool,
  Type.Object({
    type: Type.Literal("allowed_tools"),
    mode: Type.Union([Type.Literal("auto"), Type.Literal("required")]),
    tools: Type.Array(FlatNamedTool, { minItems: 1 }),
  }),
]);

const TextFormat = Type.Union([
  Type.Object({ type: Type.Literal("text") }),
  Type.Object({ type: Type.Literal("json_object") }),
  Type.Object({
    type: Type.Literal("json_schema"),
    name: Type.String({ minLength: 1 }),
    description: optional(Type.String()),
    schema: optional(SchemaObject),
    strict: optional(Type.Boolean()),
  }),
]);

// What such a body has in its own form is left out here, and would be named as unknown.
const {
  messages: _messages,
  tools: _tools,
  tool_choice: _toolChoice,
  functions: _functions,
  function_call: _functionCall,
  ...shared
} = ChatCompletionBody.properties;

export const ResponsesShapedBody = Type.Object({
  ...shared,
  input: Type.Union([Type.String(), Type.Array(InputItem, { minItems: 1 })]),
  instructions: optional(Type.String()),
  tools: optional(Type.Array(FlatTool)),
  tool_choice: optional(FlatToolChoice),
  max_output_tokens: optional(Type.Integer({ minimum: 1 })),
  reasoning: optional(
    Type.Object({
      effort: optional(Type.Union(REASONING_EFFORTS.map((effort) => Type.Literal(effort)))),
      // Thinking arrives as it is, whatever was asked for.
      summary: Type.Optional(Type.Unknown()),
      generate_summary: Type.Optional(Type.Unknown()),
    }),
  ),
  text: optional(Type.Object({ format: optional(TextFormat), verbosity: ignored(Type.String(), "medium") })),
});
export type ResponsesShapedBody = Static<typeof ResponsesShapedBody>;
