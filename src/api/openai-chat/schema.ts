import Type, { type Static } from "typebox";
import { REASONING_EFFORTS } from "../../core/request.ts";

// The wire types of POST /v1/chat/completions: every field we read, as strict as its meaning needs. Fields not named here pass
// through unread; parameters.ts tells the client what became of them.

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const optional = <T extends Type.TSchema>(schema: T) => Type.Optional(nullable(schema));

const TextPart = Type.Object({ type: Type.Literal("text"), text: Type.String() });
const RefusalPart = Type.Object({ type: Type.Literal("refusal"), refusal: Type.String() });

const InstructionMessage = <R extends "system" | "developer">(role: R) =>
  Type.Object({
    role: Type.Literal(role),
    content: Type.Union([Type.String(), Type.Array(TextPart)]),
    name: optional(Type.String()),
  });

const UserMessage = Type.Object({
  role: Type.Literal("user"),
  content: Type.Union([Type.String(), Type.Array(TextPart)]),
  name: optional(Type.String()),
});

const AssistantMessage = Type.Object({
  role: Type.Literal("assistant"),
  content: optional(Type.Union([Type.String(), Type.Array(Type.Union([TextPart, RefusalPart]))])),
  refusal: optional(Type.String()),
  name: optional(Type.String()),
  // Left out in silence, they would change what the conversation says.
  tool_calls: optional(Type.Array(Type.Unknown(), { maxItems: 0 })),
  function_call: Type.Optional(Type.Null()),
  audio: Type.Optional(Type.Null()),
});

export const ChatMessage = Type.Union([
  InstructionMessage("system"),
  InstructionMessage("developer"),
  UserMessage,
  AssistantMessage,
]);
export type ChatMessage = Static<typeof ChatMessage>;

const TokenLimit = Type.Integer({ minimum: 1 });

export const ChatCompletionBody = Type.Object({
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(ChatMessage, { minItems: 1 }),
  stream: optional(Type.Boolean()),
  stream_options: optional(Type.Object({ include_usage: optional(Type.Boolean()) })),
  max_tokens: optional(TokenLimit),
  max_completion_tokens: optional(TokenLimit),
  reasoning_effort: optional(Type.Union(REASONING_EFFORTS.map((effort) => Type.Literal(effort)))),
  stop: optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  n: optional(Type.Literal(1)),
  response_format: optional(Type.Object({ type: Type.Literal("text") })),
  modalities: optional(Type.Array(Type.Literal("text"))),
  tools: optional(Type.Array(Type.Unknown(), { maxItems: 0 })),
  functions: optional(Type.Array(Type.Unknown(), { maxItems: 0 })),
});
export type ChatCompletionBody = Static<typeof ChatCompletionBody>;
