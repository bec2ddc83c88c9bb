import type { ApiError } from "../../../core/error.ts";
import type { NativeBlock, ToolCallBlock, Turn } from "../../../core/request.ts";
import { toolCallsOf } from "../../../core/tool-calls.ts";
import { isBlank } from "../../../core/turns.ts";
import type { RemoteImages } from "../../attachments/remote-images.ts";
import { textBlocks } from "../../conversation/content-blocks.ts";
import {
  type Conversation,
  ConversationBuilder,
  type ConversationOptions,
} from "../../conversation/conversation-builder.ts";
import { invalid } from "../../invalid.ts";
import { decodeSummary, textOfCompaction } from "../../responses-shape/compaction.ts";
import { argsOfInput } from "../../tools/custom-input.ts";
import {
  type CallItem,
  type ContentItem,
  isInstruction,
  isMessage,
  type PlacedItem,
  type ReasoningItem,
  type ResultItem,
  type SearchItem,
} from "../wire/items.ts";
import { decodeThinking } from "../wire/thinking.ts";
import { flatName } from "../wire/tools.ts";
import { decodeContent, decodeInstruction, decodeOutput } from "./content.ts";
import { foundByOthers, nativeOf } from "./searches.ts";

/** The items as a system prompt, which `instructions` begin, and turns: see {@link ConversationBuilder}. */
export function decodeConversation(
  instructions: string | null | undefined,
  items: readonly PlacedItem[],
  remote: RemoteImages,
  options: ConversationOptions = {},
): Conversation {
  if (items.length === 0 && options.mayEndWithAnswer) {
    if (isBlank(instructions ?? "")) throw nothingToCount();
    return { system: instructions ?? "", turns: [], bends: [] };
  }
  const builder = new ConversationBuilder(options);
  builder.instruct(instructions ?? "");
  for (const { item, path } of items) decodeItem(item, path, builder, remote);
  const conversation = builder.build();
  const { turns } = conversation;
  const isComplete = turns.at(-1)?.role === "user" || (options.mayEndWithAnswer && isCountable(items, turns));
  if (!isComplete) throw noQuestion(items, turns.at(-1));
  return conversation;
}

/** Whether a conversation without a question says something, and nothing that the API would not take. */
function isCountable(items: readonly PlacedItem[], turns: readonly Turn[]): boolean {
  const last = items.at(-1)?.item;
  const turn = turns.at(-1);
  const isUsers = last !== undefined && isMessage(last) && last.role === "user";
  return turn?.role === "assistant" && toolCallsOf(turn).length === 0 && !isUsers;
}

function nothingToCount(): ApiError {
  return invalid("input", "There is nothing to count: send 'input', 'instructions' or 'previous_response_id'.");
}

function decodeItem(item: ContentItem, path: string, builder: ConversationBuilder, remote: RemoteImages): void {
  if (isInstruction(item)) {
    const { text, attached } = decodeInstruction(item.content, `${path}.content`, remote);
    builder.instruct(text, attached);
  } else if (isMessage(item)) {
    builder.say({ role: item.role, content: decodeContent(item.content, `${path}.content`, remote) });
  } else if (item.type === "function_call" || item.type === "custom_tool_call") {
    builder.say({ role: "assistant", content: [decodeCall(item)] });
  } else if (item.type === "compaction") builder.say(decodeCompaction(item));
  else if (item.type === "reasoning") builder.say(decodeReasoning(item));
  else if (item.type === "web_search_call") {
    for (const turn of decodeSearch(item, path)) builder.say(turn);
  } else builder.say(decodeResult(item, path, builder, remote));
}

function decodeReasoning({ encrypted_content, summary }: ReasoningItem): Turn {
  const thinking = decodeThinking(encrypted_content, summary);
  return { role: "assistant", content: thinking ? [thinking] : [] };
}

function decodeCompaction({ encrypted_content }: { readonly encrypted_content: string }): Turn {
  const text = textOfCompaction(decodeSummary(encrypted_content));
  return { role: "user", content: textBlocks(text) };
}

/** As Anthropic has it. What another service has found is told as what a function of that name gave. */
function decodeSearch(item: SearchItem, path: string): Turn[] {
  const native = nativeOf(item);
  if (native.length > 0) {
    return [{ role: "assistant", content: native.map((block): NativeBlock => ({ type: "native", block })) }];
  }
  const found = foundByOthers(item);
  if (found === undefined) return [];
  const id = item.id || path.replaceAll(/\W/g, "_");
  const call: ToolCallBlock = { type: "tool-call", id, name: item.type, args: JSON.stringify(item.action ?? {}) };
  const content = textBlocks(JSON.stringify(found));
  return [
    { role: "assistant", content: [call] },
    { role: "user", content: [{ type: "tool-result", callId: id, content }] },
  ];
}

function decodeCall(item: CallItem): ToolCallBlock {
  const args = item.type === "custom_tool_call" ? argsOfInput(item.input) : item.arguments;
  return { type: "tool-call", id: item.call_id, name: flatName(item.name, item.namespace), args };
}

function decodeResult(
  { call_id, output, is_error }: ResultItem,
  path: string,
  builder: ConversationBuilder,
  remote: RemoteImages,
): Turn {
  builder.answer(call_id, `${path}.call_id`);
  const content = decodeOutput(output, `${path}.output`, remote);
  return {
    role: "user",
    content: [{ type: "tool-result", callId: call_id, content, ...(is_error ? { isError: true } : {}) }],
  };
}

function noQuestion(items: readonly PlacedItem[], lastTurn: Turn | undefined): ApiError {
  if (items.length === 0) {
    return invalid("input", "Missing required parameter: 'input'. Expected a text, or a list of items.");
  }
  if (lastTurn && toolCallsOf(lastTurn).length > 0) {
    const wanted =
      "their results must follow, each in an item of the type function_call_output or custom_tool_call_output";
    return invalid("input", `The conversation ends with calls: ${wanted}.`);
  }
  const last = items.at(-1);
  if (last && isMessage(last.item) && last.item.role === "user") {
    const param = last.path === "input" ? last.path : `${last.path}.content`;
    return invalid(param, `'${param}' is empty: a user message must have text, an image or a file.`);
  }
  const wanted = "a user message that has content, or with the results of calls";
  return invalid("input", `The conversation must end with ${wanted}.`);
}
