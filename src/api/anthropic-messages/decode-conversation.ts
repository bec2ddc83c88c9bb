import type { ApiError } from "../../core/error.ts";
import type { Turn } from "../../core/request.ts";
import { pairToolCalls, toolCallsOf } from "../../core/tool-calls.ts";
import { isBlank, normalizeTurns } from "../../core/turns.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { invalid } from "../invalid.ts";
import { OpenCalls } from "../open-calls.ts";
import { decodeAssistantContent, decodeUserContent } from "./decode-content.ts";
import type { MessagesBody } from "./schema.ts";
import type { Instructions, Message, UserMessage } from "./schema-messages.ts";

export type ConversationOptions = {
  /** Whether the last word may be the assistant's: it may where the conversation is only counted. Default false. */
  readonly mayEndWithAnswer?: boolean;
};

/** Messages of role `system` go to the system slot behind `system`, in their order: the model has one place for instructions. */
export function decodeConversation(
  { system, messages }: Pick<MessagesBody, "system" | "messages">,
  remote: RemoteImages,
  { mayEndWithAnswer = false }: ConversationOptions = {},
): { readonly system: string; readonly turns: readonly Turn[] } {
  const later = messages.flatMap((message) => (message.role === "system" ? textsOf(message.content) : []));
  const instructions = [...textsOf(system ?? ""), ...later].filter((text) => !isBlank(text));
  const turns = decodeTurns(messages, remote);
  const isComplete = turns.at(-1)?.role === "user" || (mayEndWithAnswer && endsWithAnswer(messages, turns));
  if (!isComplete) throw noQuestion(messages, turns.at(-1));
  return { system: instructions.join("\n\n"), turns };
}

/** Calls are no answer: the API takes none without their results. */
function endsWithAnswer(messages: readonly Message[], turns: readonly Turn[]): boolean {
  const last = turns.at(-1);
  const said = messages.findLast(({ role }) => role !== "system");
  return said?.role === "assistant" && last?.role === "assistant" && toolCallsOf(last).length === 0;
}

function textsOf(content: Instructions): string[] {
  return typeof content === "string" ? [content] : content.map(({ text }) => text);
}

function decodeTurns(messages: readonly Message[], remote: RemoteImages): Turn[] {
  const calls = new OpenCalls();
  const turns = messages.flatMap((message, index): Turn[] => {
    const path = `messages[${index}].content`;
    if (message.role === "system") return [];
    if (message.role === "assistant") {
      const said = normalizeTurns([{ role: "assistant", content: decodeAssistantContent(message.content) }]);
      for (const turn of said) calls.assistantSaid(toolCallsOf(turn));
      return said;
    }
    answerCalls(message.content, path, calls);
    const said = normalizeTurns([{ role: "user", content: decodeUserContent(message.content, path, remote) }]);
    if (said.length > 0) calls.userSaid();
    return said;
  });
  return pairToolCalls(normalizeTurns(turns));
}

/** Says which result is wrong when it answers no call. */
function answerCalls(content: UserMessage["content"], path: string, calls: OpenCalls): void {
  if (typeof content === "string") return;
  for (const [index, block] of content.entries()) {
    if (block.type === "tool_result") calls.answer(block.tool_use_id, `${path}[${index}].tool_use_id`);
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
