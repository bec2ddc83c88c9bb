import Type, { type Static } from "typebox";
import { ModelName, SchemaObject } from "../../fields/shared-fields.ts";
import { optional, readWhole } from "../../validation/optional.ts";
import { Instructions, Message } from "./messages.ts";

/** Anthropic's own tools (`web_search_…`) have other fields, no `input_schema`, and some of them no name. All fields reach the API. */
export const ToolDefinition = readWhole(
  Type.Object({
    type: optional(Type.String()),
    name: optional(Type.String({ minLength: 1, maxLength: 128 })),
    description: optional(Type.String()),
    input_schema: optional(SchemaObject),
    defer_loading: optional(Type.Boolean()),
  }),
  [],
);
export type ToolDefinition = Static<typeof ToolDefinition>;

const serial = { disable_parallel_tool_use: optional(Type.Boolean()) };

export const ToolChoiceOption = Type.Union([
  Type.Object({ type: Type.Literal("auto"), ...serial }),
  Type.Object({ type: Type.Literal("any"), ...serial }),
  Type.Object({ type: Type.Literal("tool"), name: Type.String(), ...serial }),
  Type.Object({ type: Type.Literal("none") }),
]);
export type ToolChoiceOption = Static<typeof ToolChoiceOption>;

// The wire types of POST /v1/messages: every field we read, as strict as its meaning needs. Fields not named here pass through
// unread; parameters.ts tells the client what became of them.

/** How thinking is told. `omitted`: not at all; whatever else, now or later: as the API tells it. */
const display = optional(Type.String());

const ThinkingOption = Type.Union([
  Type.Object({ type: Type.Literal("enabled"), budget_tokens: optional(Type.Integer({ minimum: 1 })), display }),
  Type.Object({ type: Type.Literal("adaptive"), display }),
  Type.Object({ type: Type.Literal("between_tools"), display }),
  Type.Object({ type: Type.Literal("disabled") }),
]);
export type ThinkingOption = Static<typeof ThinkingOption>;

const OutputFormat = Type.Object({ type: Type.Literal("json_schema"), schema: SchemaObject });

const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

export const MessagesBody = Type.Object({
  model: ModelName,
  max_tokens: optional(Type.Integer({ minimum: 1 })),
  messages: Type.Array(Message, { minItems: 1 }),
  system: optional(Instructions),
  stream: optional(Type.Boolean()),
  stop_sequences: optional(Type.Array(Type.String())),
  thinking: optional(ThinkingOption),
  output_config: optional(
    Type.Object({
      effort: optional(Type.Enum(EFFORTS)),
      format: optional(OutputFormat),
      task_budget: Type.Optional(Type.Unknown()),
    }),
  ),
  output_format: optional(OutputFormat),
  tools: optional(Type.Array(ToolDefinition)),
  tool_choice: optional(ToolChoiceOption),
  container: Type.Optional(Type.Unknown()),
  context_management: Type.Optional(Type.Unknown()),
  mcp_servers: Type.Optional(Type.Unknown()),
  compaction: Type.Optional(Type.Unknown()),
  // Left out in silence, it would change what the model is asked.
  thread: optional(Type.Unknown()),
  // They would change who pays, and what the answer is.
  billing_policy: optional(
    Type.Object({ type: Type.Optional(Type.Unknown()), bill_to: optional(Type.Literal("self")) }),
  ),
});
export type MessagesBody = Static<typeof MessagesBody>;
