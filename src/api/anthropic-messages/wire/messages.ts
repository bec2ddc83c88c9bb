import Type, { type Static } from "typebox";
import { contentOf, optional, readWhole } from "../../validation/optional.ts";

// What messages consist of. What the decoders do not look into is for the API to judge; a field that is not named here, of a block that is, is
// left out, and told of in a header.

/** Marks for the prompt cache: the CLI sets its own, which cover what a client would have cached, and the API takes four at most. */
const marks = { cache_control: Type.Optional(Type.Unknown()) };

/** Types of blocks that are looked into, wherever they stand. */
const KNOWN = [
  ...["text", "image", "document", "tool_use", "tool_result", "tool_reference"],
  ...["thinking", "redacted_thinking", "tool_addition", "tool_removal"],
] as const;

/** What a type that is not known here is to a client that reads why another one was refused. */
const WHICHEVER = "another type of Anthropic's";

/** What has a type that is none of these. */
function otherThan(...known: readonly string[]) {
  const pattern = `^(?!(?:${known.join("|")})$)[\\s\\S]+$`;
  return readWhole(Type.Object({ type: Type.String({ pattern, description: WHICHEVER }) }), []);
}

/** Blocks of all other types, those of a newer API among them, say nothing to us and all to the API: they travel as they are. */
const OtherBlock = otherThan(...KNOWN);

/** Whether a block is of this type. Of {@link OtherBlock} the schema says that it is of none that is known. */
export function is<Block extends { readonly type: string }, Known extends string>(
  block: Block,
  type: Known,
): block is Extract<Block, { readonly type: Known }> {
  return block.type === type;
}

const Citations = optional(Type.Array(Type.Record(Type.String(), Type.Unknown())));

export const TextBlock = Type.Object({
  type: Type.Literal("text"),
  text: Type.String(),
  citations: Citations,
  ...marks,
});
export type TextBlock = Static<typeof TextBlock>;

export const ImageBlock = Type.Object({
  type: Type.Literal("image"),
  source: Type.Union([
    Type.Object({ type: Type.Literal("base64"), media_type: Type.String(), data: Type.String() }),
    Type.Object({ type: Type.Literal("url"), url: Type.String() }),
    // The API gets these, or reads them, by itself.
    otherThan("base64", "url"),
  ]),
  transformations: Type.Optional(Type.Unknown()),
  ...marks,
});
export type ImageBlock = Static<typeof ImageBlock>;

export const DocumentBlock = Type.Object({
  type: Type.Literal("document"),
  source: Type.Union([
    Type.Object({ type: Type.Literal("base64"), media_type: Type.Literal("application/pdf"), data: Type.String() }),
    Type.Object({ type: Type.Literal("text"), media_type: Type.Literal("text/plain"), data: Type.String() }),
    otherThan("base64", "text"),
  ]),
  title: optional(Type.String()),
  context: optional(Type.String()),
  citations: optional(readWhole(Type.Object({}), [])),
  ...marks,
});
export type DocumentBlock = Static<typeof DocumentBlock>;

/** Who called, and of which set the tool is: see the SDK's `BetaToolUseBlockParam`. */
export const ToolUseBlock = Type.Object({
  type: Type.Literal("tool_use"),
  id: Type.String(),
  name: Type.String({ minLength: 1 }),
  input: Type.Record(Type.String(), Type.Unknown()),
  caller: Type.Optional(Type.Unknown()),
  toolset_name: Type.Optional(Type.Unknown()),
  ...marks,
});
export type ToolUseBlock = Static<typeof ToolUseBlock>;

/** Stands for the definition of a tool that was deferred. */
const ToolReferenceBlock = Type.Object({
  type: Type.Literal("tool_reference"),
  tool_name: Type.String(),
  ...marks,
});

export const ToolResultBlock = Type.Object({
  type: Type.Literal("tool_result"),
  tool_use_id: Type.String(),
  content: optional(contentOf(TextBlock, ImageBlock, DocumentBlock, ToolReferenceBlock, OtherBlock)),
  is_error: optional(Type.Boolean()),
  toolset_name: Type.Optional(Type.Unknown()),
  ...marks,
});
export type ToolResultBlock = Static<typeof ToolResultBlock>;

// Anthropic takes thinking only as its own, signed. Whatever else programs have here is left out, and named.

const ThinkingBlock = Type.Object({
  type: Type.Literal("thinking"),
  thinking: Type.Optional(Type.Unknown()),
  signature: Type.Optional(Type.Unknown()),
});

const RedactedThinkingBlock = Type.Object({
  type: Type.Literal("redacted_thinking"),
  data: Type.Optional(Type.Unknown()),
});

export const Instructions = contentOf(TextBlock);
export type Instructions = Static<typeof Instructions>;

const UserMessage = Type.Object({
  role: Type.Literal("user"),
  content: contentOf(TextBlock, ImageBlock, DocumentBlock, ToolResultBlock, OtherBlock),
});
export type UserMessage = Static<typeof UserMessage>;

const AssistantMessage = Type.Object({
  role: Type.Literal("assistant"),
  content: contentOf(
    TextBlock,
    ToolUseBlock,
    ThinkingBlock,
    RedactedThinkingBlock,
    // The API takes these of the user alone: they are told with the next word of the user's.
    ImageBlock,
    DocumentBlock,
    OtherBlock,
  ),
});
export type AssistantMessage = Static<typeof AssistantMessage>;

/** Tells, from here on, of a tool among those that were deferred. */
const toolChange = <T extends string>(type: T) =>
  readWhole(Type.Object({ type: Type.Literal(type), tool: Type.Object({ name: Type.String() }) }), []);

const SystemMessage = Type.Object({
  role: Type.Literal("system"),
  content: contentOf(TextBlock, toolChange("tool_addition"), toolChange("tool_removal")),
});
export type SystemMessage = Static<typeof SystemMessage>;

export const Message = Type.Union([UserMessage, AssistantMessage, SystemMessage]);
export type Message = Static<typeof Message>;
