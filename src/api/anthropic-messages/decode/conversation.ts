import { type ApiError, invalid } from "../../../core/error.ts";
import { isJsonObject } from "../../../core/json.ts";
import { each, type Steps } from "../../../core/pace.ts";
import type * as core from "../../../core/request.ts";
import type { Turn } from "../../../core/request.ts";
import { toolCallsOf } from "../../../core/tool-calls.ts";
import type { RemoteImages } from "../../attachments/remote-images.ts";
import {
  ConversationBuilder,
  type ConversationOptions,
  resultBlocks,
  type SettledConversation,
  settle,
} from "../../conversation/conversation-builder.ts";
import {
  type AssistantMessage,
  type Instructions,
  is,
  type Message,
  type SystemMessage,
  type TextBlock,
  type ToolResultBlock,
  type ToolUseBlock,
  type UserMessage,
} from "../wire/messages.ts";
import type { MessagesBody } from "../wire/schema.ts";
import { decodeInput } from "../wire/tool-input.ts";
import { decodeDocument, decodeImage } from "./media.ts";
import { fieldsOf, nativeBlock } from "./native.ts";

const ADJUSTED_FIELDS = {
  "moved-result": "messages.content.tool_use_id",
  "orphaned-result": "messages.content.tool_use_id",
  attachment: "messages.content",
  continuation: "messages.continuation",
} as const;

/** The messages as a system prompt, which `system` begins, and turns: see {@link ConversationBuilder}. */
export function* decodeConversation(
  { system, messages }: Pick<MessagesBody, "system" | "messages">,
  remote: RemoteImages,
  options: ConversationOptions = {},
): Steps<SettledConversation> {
  const builder = new ConversationBuilder(options);
  for (const text of textsOf(system ?? "")) builder.instruct(text);
  yield* each(messages, (message, index) => decodeMessage(message, `messages[${index}].content`, builder, remote));
  const conversation = yield* builder.build();
  const { turns } = conversation;
  const isComplete = turns.at(-1)?.role === "user" || (options.mayEndWithAnswer && endsWithAnswer(messages, turns));
  if (!isComplete) throw noQuestion(messages, turns.at(-1));
  return settle(conversation, remote, ADJUSTED_FIELDS, options);
}

function decodeMessage(message: Message, path: string, builder: ConversationBuilder, remote: RemoteImages): void {
  switch (message.role) {
    case "system":
      for (const text of textsOf(message.content)) builder.instruct(text);
      return;
    case "assistant":
      builder.say({ role: "assistant", content: decodeContent(message.content, path, remote) });
      return;
    case "user":
      answerCalls(message.content, path, builder);
      builder.say({ role: "user", content: decodeContent(message.content, path, remote) });
  }
}

/** Calls are no answer: the API takes none without their results. */
function endsWithAnswer(messages: readonly Message[], turns: readonly Turn[]): boolean {
  const last = turns.at(-1);
  const said = messages.findLast(({ role }) => role !== "system");
  return said?.role === "assistant" && last?.role === "assistant" && toolCallsOf(last).length === 0;
}

function textsOf(content: Instructions | SystemMessage["content"]): string[] {
  if (typeof content === "string") return [content];
  return content.flatMap((block) => (block.type === "text" ? [block.text] : []));
}

/** Says which result is wrong when it answers no call. */
function answerCalls(content: UserMessage["content"], path: string, builder: ConversationBuilder): void {
  if (typeof content === "string") return;
  for (const [index, block] of content.entries()) {
    if (is(block, "tool_result")) builder.answer(block.tool_use_id, `${path}[${index}].tool_use_id`);
  }
}

function noQuestion(messages: readonly Message[], lastTurn: Turn | undefined): ApiError {
  const index = messages.findLastIndex(({ role }) => role !== "system");
  const path = `messages[${index}]`;
  if (messages[index]?.role === "user") {
    return invalid(`${path}.content`, `'${path}.content' is empty: the last user message must have content.`);
  }
  if (lastTurn && toolCallsOf(lastTurn).length > 0) {
    const wanted = "a user message with a tool_result for each must follow";
    return invalid("messages", `The conversation ends with tool calls (${path}): ${wanted}.`);
  }
  if (index === -1)
    return invalid("messages", "The conversation needs a user message, but there are only system ones.");
  const wanted = "must end with a user message: the beginning of an answer cannot be given";
  return invalid("messages", `The conversation ${wanted}, but ${path} is from the assistant.`);
}

type Content = (UserMessage | AssistantMessage)["content"] | NonNullable<ToolResultBlock["content"]>;
type Block = Extract<Content, readonly unknown[]>[number];

/** One block for each of the client's, of a message or of what a tool answered (`isResult`). `path` is that of the content. */
function decodeContent(content: Content, path: string, remote: RemoteImages, isResult = false): core.ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  const blocks: readonly Block[] = content;
  return blocks.map((block, index) => decodeBlock(block, `${path}[${index}]`, remote, isResult));
}

function decodeBlock(block: Block, path: string, remote: RemoteImages, isResult: boolean): core.ContentBlock {
  if (is(block, "text")) return decodeText(block);
  if (is(block, "image")) return decodeImage(block, path, remote, isResult);
  if (is(block, "document")) return decodeDocument(block, path, remote);
  if (is(block, "tool_result")) return decodeResult(block, path, remote);
  if (is(block, "tool_use")) return decodeCall(block);
  if (is(block, "thinking"))
    return { type: "thinking", text: wordsIn(block.thinking), signature: wordsIn(block.signature) };
  if (is(block, "redacted_thinking")) return { type: "thinking", redacted: wordsIn(block.data) };
  return nativeBlock(block);
}

/** What is no text cannot be what the API gave, and is left out for that. */
function wordsIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function decodeText({ text, citations }: TextBlock): core.TextBlock {
  const cited = (citations ?? []).filter(isJsonObject);
  return { type: "text", text, ...(cited.length === 0 ? {} : { citations: cited }) };
}

function decodeCall(block: ToolUseBlock): core.ToolCallBlock {
  const { id, name, input } = block;
  // That the model itself calls is what a call without a word on it says, too.
  const told = isDirect(block.caller) ? ["toolset_name"] : ["caller", "toolset_name"];
  return { type: "tool-call", id, name, args: decodeInput(input), ...fieldsOf(block, ...told) };
}

function isDirect(caller: unknown): boolean {
  return isJsonObject(caller) && caller.type === "direct";
}

function decodeResult(block: ToolResultBlock, path: string, remote: RemoteImages): core.ToolResultBlock {
  const { tool_use_id, content, is_error } = block;
  return {
    type: "tool-result",
    callId: tool_use_id,
    content: resultBlocks(decodeContent(content ?? [], `${path}.content`, remote, true)),
    ...(is_error ? { isError: true } : {}),
    ...fieldsOf(block, "toolset_name"),
  };
}
