import Type, { type Static } from "typebox";
import { readWhole } from "../validation/optional.ts";
import {
  DocumentBlock,
  ImageBlock,
  OtherBlock,
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
