import type { ApiError } from "../../core/error.ts";
import type { ContentBlock, ToolCallBlock, Turn } from "../../core/request.ts";
import { pairToolCalls, toolCallsOf } from "../../core/tool-calls.ts";
import { isBlank, normalizeTurns } from "../../core/turns.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { invalid } from "../invalid.ts";
import { OpenCalls } from "../open-calls.ts";
import { decodeResultContent, decodeTexts, decodeUserContent, joinTexts } from "./decode-content.ts";
import { type AssistantMessage, type ChatMessage, type Instruction, isInstruction } from "./schema-messages.ts";

/**
 * Instructions go to the system slot, in their order, wherever in the conversation they stand: Claude has one place for them.
 * A request that consists of instructions alone, or ends with one after an assistant's turn, asks with the last of them.
 */
export function decodeConversation(
  messages: readonly ChatMessage[],
  remote: RemoteImages,
): { readonly system: string; readonly turns: readonly Turn[] } {
  const instructions = messages
    .filter(isInstruction)
    .map(({ content }) => joinTexts(content))
    .filter((text) => !isBlank(text));
  const turns = decodeTurns(messages, remote);
  if (messages.every(isInstruction) || asksByInstruction(messages, turns.at(-1))) {
    const question = instructions.pop() ?? "";
    turns.push(...normalizeTurns([{ role: "user", content: decodeTexts(question) }]));
  }
  if (turns.at(-1)?.role !== "user") throw noQuestion(messages, turns.at(-1));
  return { system: instructions.join("\n\n"), turns };
}

function asksByInstruction(messages: readonly ChatMessage[], lastTurn: Turn | undefined): boolean {
  const last = messages.at(-1);
  const isAnswered = lastTurn?.role === "assistant" && toolCallsOf(lastTurn).length === 0;
  return isAnswered && last !== undefined && isInstruction(last) && !isBlank(joinTexts(last.content));
}

function decodeTurns(messages: readonly ChatMessage[], remote: RemoteImages): Turn[] {
  const calls = new OpenCalls();
  const turns = messages.flatMap((message, index) => {
    if (isInstruction(message)) return [];
    const turn = normalizeTurns([decodeTurn(message, index, calls, remote)]);
    for (const said of turn) {
      if (said.role === "assistant") calls.assistantSaid(toolCallsOf(said));
      else calls.userSaid();
    }
    return turn;
  });
  return pairToolCalls(normalizeTurns(turns));
}

function decodeTurn(
  message: Exclude<ChatMessage, Instruction>,
  index: number,
  calls: OpenCalls,
  remote: RemoteImages,
): Turn {
  const path = `messages[${index}]`;
  switch (message.role) {
    case "user":
      return { role: "user", content: decodeUserContent(message.content, `${path}.content`, remote) };
    case "assistant":
      return { role: "assistant", content: decodeAssistant(message, index) };
    case "tool":
      calls.answer(message.tool_call_id, `${path}.tool_call_id`);
      return resultTurn(message.tool_call_id, decodeResultContent(message.content, `${path}.content`, remote));
    case "function":
      return resultTurn(
        calls.answerByName(message.name, `${path}.name`),
        decodeResultContent(message.content, `${path}.content`, remote),
      );
  }
}

function resultTurn(callId: string, content: ReturnType<typeof decodeResultContent>): Turn {
  return { role: "user", content: [{ type: "tool-result", callId, content }] };
}

function decodeAssistant(message: AssistantMessage, index: number): ContentBlock[] {
  const { content, refusal, tool_calls, function_call } = message;
  const calls = (tool_calls ?? []).map(({ id, function: called }) => toolCall(id, called));
  // Calls of old had no ids; the message's place makes one that stays the same when the conversation goes on.
  if (function_call) calls.push(toolCall(`call_legacy_${index}`, function_call));
  return [...decodeTexts(content), ...decodeTexts(refusal), ...calls];
}

function toolCall(id: string, called: { name: string; arguments: string }): ToolCallBlock {
  return { type: "tool-call", id, name: called.name, args: called.arguments };
}

function noQuestion(messages: readonly ChatMessage[], lastTurn: Turn | undefined): ApiError {
  const index = messages.findLastIndex((message) => !isInstruction(message));
  const role = messages[index]?.role;
  const path = `messages[${index}]`;
  if (role === "user") {
    const wanted = "the last user message must have text, an image or a file";
    return invalid(`${path}.content`, `${path}.content is empty: ${wanted}.`);
  }
  if (lastTurn && toolCallsOf(lastTurn).length > 0) {
    const wanted = "their results must follow, each in a message of role 'tool' with the call's id as tool_call_id";
    return invalid("messages", `The conversation ends with tool calls (${path}): ${wanted}.`);
  }
  const last = role === undefined ? "all are empty" : `${path} is from the ${role}`;
  const wanted = "a user message that has content, or with the results of tool calls";
  return invalid("messages", `The conversation must end with ${wanted}, but ${last}.`);
}
