import type { ApiError } from "../../core/error.ts";
import type { Turn } from "../../core/request.ts";
import { toolCallsOf } from "../../core/tool-calls.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { type Conversation, ConversationBuilder, type ConversationOptions } from "../conversation-builder.ts";
import { invalid } from "../invalid.ts";
import { decodeAssistantContent, decodeUserContent } from "./decode-content.ts";
import type { MessagesBody } from "./schema.ts";
import { is } from "./schema-content.ts";
import type { Instructions, Message, SystemMessage, UserMessage } from "./schema-messages.ts";

/** The messages as a system prompt, which `system` begins, and turns: see {@link ConversationBuilder}. */
export function decodeConversation(
  { system, messages }: Pick<MessagesBody, "system" | "messages">,
  remote: RemoteImages,
  options: ConversationOptions = {},
): Conversation {
  const builder = new ConversationBuilder(options);
  for (const text of textsOf(system ?? "")) builder.instruct(text);
  for (const [index, message] of messages.entries())
    decodeMessage(message, `messages[${index}].content`, builder, remote);
  const conversation = builder.build();
  const { turns } = conversation;
  const isComplete = turns.at(-1)?.role === "user" || (options.mayEndWithAnswer && endsWithAnswer(messages, turns));
  if (!isComplete) throw noQuestion(messages, turns.at(-1));
  return conversation;
}

function decodeMessage(message: Message, path: string, builder: ConversationBuilder, remote: RemoteImages): void {
  switch (message.role) {
    case "system":
      for (const text of textsOf(message.content)) builder.instruct(text);
      return;
    case "assistant":
      builder.say({ role: "assistant", content: decodeAssistantContent(message.content, path, remote) });
      return;
    case "user":
      answerCalls(message.content, path, builder);
      builder.say({ role: "user", content: decodeUserContent(message.content, path, remote) });
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
