import Type, { type Static } from "typebox";
import {
  DocumentBlock,
  ImageBlock,
  RedactedThinkingBlock,
  TextBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from "./schema-content.ts";

/** A text, or a list of blocks of the kinds given. */
const contentOf = <Blocks extends Type.TSchema[]>(...blocks: [...Blocks]) =>
  Type.Union([Type.String(), Type.Array(Type.Union(blocks))]);

export const Instructions = Type.Union([Type.String(), Type.Array(TextBlock)]);
export type Instructions = Static<typeof Instructions>;

const UserMessage = Type.Object({
  role: Type.Literal("user"),
  content: contentOf(TextBlock, ImageBlock, DocumentBlock, ToolResultBlock),
});
export type UserMessage = Static<typeof UserMessage>;

const AssistantMessage = Type.Object({
  role: Type.Literal("assistant"),
  content: contentOf(TextBlock, ToolUseBlock, ThinkingBlock, RedactedThinkingBlock),
});
export type AssistantMessage = Static<typeof AssistantMessage>;

const SystemMessage = Type.Object({ role: Type.Literal("system"), content: Instructions });

export const Message = Type.Union([UserMessage, AssistantMessage, SystemMessage]);
export type Message = Static<typeof Message>;
