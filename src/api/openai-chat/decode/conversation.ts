import { type ApiError, invalid } from "../../../core/error.ts";
import { each, type Steps } from "../../../core/pace.ts";
import type { ContentBlock, ToolCallBlock, ToolResultBlock, Turn } from "../../../core/request.ts";
import { toolCallsOf } from "../../../core/tool-calls.ts";
import { decodeFile } from "../../attachments/decode-file.ts";
import { asResultImage, decodeImageUrl } from "../../attachments/decode-image.ts";
import type { RemoteImages } from "../../attachments/remote-images.ts";
import {
  ConversationBuilder,
  type ConversationOptions,
  resultBlocks,
  type SettledConversation,
  settle,
  textBlocks,
} from "../../conversation/conversation-builder.ts";
import { argsOfInput } from "../../tools/custom-input.ts";
import {
  type AssistantMessage,
  type ChatMessage,
  type FilePart,
  type ImagePart,
  type Instruction,
  isInstruction,
  type RefusalPart,
  type ResultPart as ResultMessagePart,
  type TextPart,
  type ToolCall,
} from "../wire/messages.ts";
import { withThoughts } from "../wire/reasoning-details.ts";

const ADJUSTED_FIELDS = {
  "moved-result": "messages.tool_call_id",
  "orphaned-result": "messages.tool_call_id",
  attachment: "messages.content",
  continuation: "messages.continuation",
} as const;

/** The messages as a system prompt and turns: see {@link ConversationBuilder}. */
export function* decodeConversation(
  messages: readonly ChatMessage[],
  remote: RemoteImages,
  options: ConversationOptions = {},
): Steps<SettledConversation> {
  const builder = new ConversationBuilder(options);
  yield* each(messages, (message, index) => {
    if (isInstruction(message)) {
      builder.instructBy(decodeContent(message.content, `messages[${index}].content`, remote));
    } else builder.say(decodeTurn(message, index, builder, remote));
  });
  const conversation = yield* builder.build();
  if (conversation.turns.at(-1)?.role !== "user") throw noQuestion(messages, conversation.turns.at(-1));
  return settle(conversation, remote, ADJUSTED_FIELDS, options);
}

function decodeTurn(
  message: Exclude<ChatMessage, Instruction>,
  index: number,
  builder: ConversationBuilder,
  remote: RemoteImages,
): Turn {
  const path = `messages[${index}]`;
  switch (message.role) {
    case "user":
      return { role: "user", content: decodeContent(message.content, `${path}.content`, remote) };
    case "assistant":
      return { role: "assistant", content: decodeAssistant(message, index, remote) };
    case "tool":
      return { role: "user", content: [decodeResult(answeredBy(message, path, builder), message, path, remote)] };
    case "function": {
      const callId = builder.answerByName(message.name, `${path}.name`);
      return { role: "user", content: [decodeResult(callId, message, path, remote)] };
    }
  }
}

type ToolMessage = Extract<ChatMessage, { role: "tool" }>;

/** The id of the call that a message answers. Where it tells none, the function's name is what it tells. */
function answeredBy({ tool_call_id, name }: ToolMessage, path: string, builder: ConversationBuilder): string {
  if (tool_call_id === "" && typeof name === "string" && name !== "") return builder.answerByName(name, `${path}.name`);
  builder.answer(tool_call_id, `${path}.tool_call_id`);
  return tool_call_id;
}

function decodeAssistant(message: AssistantMessage, index: number, remote: RemoteImages): ContentBlock[] {
  const { content, refusal, tool_calls, function_call } = message;
  const calls = (tool_calls ?? []).map(decodeCall);
  // Calls of old had no ids; the message's place makes one that stays the same when the conversation goes on.
  if (function_call) calls.push(toolCall(`call_legacy_${index}`, function_call));
  const said = [
    ...decodeContent(content, `messages[${index}].content`, remote),
    ...textBlocks(refusal ?? ""),
    ...calls,
  ];
  return withThoughts(message.reasoning_details, said);
}

function decodeCall(call: ToolCall): ToolCallBlock {
  if (!("custom" in call)) return toolCall(call.id, call.function);
  return toolCall(call.id, { name: call.custom.name, arguments: argsOfInput(call.custom.input) });
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

type Part = TextPart | RefusalPart | ImagePart | FilePart | ResultMessagePart;

/**
 * The content of a message, or what a tool answered (`isResult`): one block per part, which stay apart as the client sent them. `path` is
 * that of the content.
 */
function decodeContent(
  content: string | readonly Part[] | null | undefined,
  path: string,
  remote: RemoteImages,
  isResult = false,
): ContentBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return (content ?? []).flatMap((part, index): ContentBlock[] => {
    const at = `${path}[${index}]`;
    if (part.type === "image_url") return [decodeImageUrl(part.image_url.url, `${at}.image_url.url`, remote, isResult)];
    if (part.type === "file") return [decodeFilePart(part, at, remote, isResult)];
    if (part.type === "tool_result") return [decodeResult(part.tool_call_id, part, at, remote)];
    return textBlocks(part.type === "text" ? part.text : part.refusal);
  });
}

function decodeResult(
  callId: string,
  { content, is_error }: Pick<ResultMessagePart, "is_error"> & Pick<ToolMessage, "content">,
  path: string,
  remote: RemoteImages,
): ToolResultBlock {
  const blocks = resultBlocks(decodeContent(content, `${path}.content`, remote, true));
  return { type: "tool-result", callId, content: blocks, ...(is_error ? { isError: true } : {}) };
}

function decodeFilePart({ file }: FilePart, path: string, remote: RemoteImages, isResult: boolean): ContentBlock {
  return remote.attempt(`${path}.file`, () => {
    const decoded = decodeFile(file, `${path}.file`);
    return isResult && decoded.type === "image" ? asResultImage(decoded, `${path}.file`) : decoded;
  });
}
