import Type, { type Static } from "typebox";
import { FileFields } from "../../attachments/decode-file.ts";
import { contentOf, ignored, optional } from "../../validation/optional.ts";

// What messages consist of.

export const TextPart = Type.Object({ type: Type.Literal("text"), text: Type.String() });

export type TextPart = Static<typeof TextPart>;

export const RefusalPart = Type.Object({ type: Type.Literal("refusal"), refusal: Type.String() });
export type RefusalPart = Static<typeof RefusalPart>;

export const ImagePart = Type.Object({
  type: Type.Literal("image_url"),
  image_url: Type.Object({ url: Type.String(), detail: ignored(Type.String(), "auto") }),
});
export type ImagePart = Static<typeof ImagePart>;

export const FilePart = Type.Object({ type: Type.Literal("file"), file: FileFields });
export type FilePart = Static<typeof FilePart>;

/** What a tool answered, within another message: other programs have it there. */
export const ResultPart = Type.Object({
  type: Type.Literal("tool_result"),
  tool_call_id: Type.String(),
  content: contentOf(TextPart, ImagePart, FilePart),
  is_error: optional(Type.Boolean()),
});
export type ResultPart = Static<typeof ResultPart>;

/** Claude knows one speaker of each role. */
const speaker = { name: ignored(Type.String()) };

const InstructionMessage = Type.Object({
  role: Type.Enum(["system", "developer"]),
  content: contentOf(TextPart),
  ...speaker,
});

const UserMessage = Type.Object({
  role: Type.Literal("user"),
  content: contentOf(TextPart, ImagePart, FilePart),
  ...speaker,
});

const CalledFunction = Type.Object({ name: Type.String({ minLength: 1 }), arguments: Type.String() });

const call = {
  id: Type.String(),
  // Left over from a stream; the call's place says the same.
  index: Type.Optional(Type.Unknown()),
};
const FunctionCall = Type.Object({ ...call, type: Type.Optional(Type.Literal("function")), function: CalledFunction });
const CustomCall = Type.Object({
  ...call,
  type: Type.Literal("custom"),
  custom: Type.Object({ name: Type.String({ minLength: 1 }), input: Type.String() }),
});
const ToolCall = Type.Union([FunctionCall, CustomCall]);
export type ToolCall = Static<typeof ToolCall>;

const AssistantMessage = Type.Object({
  role: Type.Literal("assistant"),
  content: optional(contentOf(TextPart, RefusalPart)),
  refusal: optional(Type.String()),
  tool_calls: optional(Type.Array(ToolCall)),
  function_call: optional(CalledFunction),
  // What its text rests on, as it was told. OpenAI makes nothing of it either when it comes back.
  annotations: Type.Optional(Type.Unknown()),
  // Left out in silence, it would change what the conversation says.
  audio: Type.Optional(Type.Null()),
  // Thinking as it was told with its signatures: see reasoning-details.ts.
  reasoning_details: Type.Optional(Type.Unknown()),
  // The same without: Anthropic takes it only as its own, signed.
  reasoning_content: ignored(Type.Unknown()),
  reasoning: ignored(Type.Unknown()),
  ...speaker,
});

const ToolMessage = Type.Object({
  role: Type.Literal("tool"),
  tool_call_id: Type.String(),
  content: optional(contentOf(TextPart, ImagePart)),
  // The function's: beside the call's id it says nothing new.
  name: Type.Optional(Type.Unknown()),
});

/** What `tool` messages were before there were ids. */
const FunctionMessage = Type.Object({
  role: Type.Literal("function"),
  name: Type.String(),
  content: optional(contentOf(TextPart)),
});

export const ChatMessage = Type.Union([
  InstructionMessage,
  UserMessage,
  AssistantMessage,
  ToolMessage,
  FunctionMessage,
]);

// What is in the textbook stands in some places only. Other programs' conversations have it elsewhere, too.

const anyPart = contentOf(TextPart, RefusalPart, ImagePart, FilePart, ResultPart);
const attached = contentOf(TextPart, ImagePart, FilePart);

/** A message in which parts may stand wherever their meaning is plain. */
export const AnyMessage = Type.Union([
  Type.Object({ ...InstructionMessage.properties, content: attached }),
  Type.Object({ ...UserMessage.properties, content: anyPart }),
  Type.Object({ ...AssistantMessage.properties, content: optional(anyPart) }),
  Type.Object({ ...ToolMessage.properties, content: optional(attached), is_error: optional(Type.Boolean()) }),
  Type.Object({ ...FunctionMessage.properties, content: optional(attached) }),
]);
export type ChatMessage = Static<typeof AnyMessage>;
export type Instruction = Extract<ChatMessage, { role: "system" | "developer" }>;
export type AssistantMessage = Extract<ChatMessage, { role: "assistant" }>;

export function isInstruction(message: ChatMessage): message is Instruction {
  return message.role === "system" || message.role === "developer";
}
