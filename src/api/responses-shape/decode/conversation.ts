import { type ApiError, invalid } from "../../../core/error.ts";
import { each, type Steps } from "../../../core/pace.ts";
import type { ContentBlock, NativeBlock, ToolCallBlock, Turn } from "../../../core/request.ts";
import { toolCallsOf } from "../../../core/tool-calls.ts";
import { isBlank } from "../../../core/turns.ts";
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
import { textsOf } from "../../web-search/citations.ts";
import { decodeSummary, textOfCompaction } from "../compaction.ts";
import {
  type CallItem,
  type ContentItem,
  type ContentPart,
  type InputImage,
  isInstruction,
  isMessage,
  type PlacedItem,
  type ReasoningItem,
  type ResultItem,
  type SearchItem,
} from "../wire/items.ts";
import { decodeThinking } from "../wire/thinking.ts";
import { flatName } from "../wire/tools.ts";
import { foundByOthers, nativeOf, unreadItems } from "./searches.ts";

const ADJUSTED_FIELDS = {
  "moved-result": "input.call_id",
  "orphaned-result": "input.call_id",
  attachment: "input.content",
  continuation: "input.continuation",
} as const;

/** The items as a system prompt, which `instructions` begin, and turns: see {@link ConversationBuilder}. */
export function* decodeConversation(
  instructions: string | null | undefined,
  items: readonly PlacedItem[],
  remote: RemoteImages,
  options: ConversationOptions = {},
): Steps<SettledConversation> {
  if (items.length === 0 && options.mayEndWithAnswer) {
    if (isBlank(instructions ?? "")) throw nothingToCount();
    return { system: instructions ?? "", turns: [], changed: [] };
  }
  const builder = new ConversationBuilder(options);
  builder.instruct(instructions ?? "");
  yield* each(items, ({ item, path }) => decodeItem(item, path, builder, remote));
  const conversation = yield* builder.build();
  const { turns } = conversation;
  const isComplete = turns.at(-1)?.role === "user" || (options.mayEndWithAnswer && isCountable(items, turns));
  if (!isComplete) throw noQuestion(items, turns.at(-1));
  const { changed, ...settled } = settle(conversation, remote, ADJUSTED_FIELDS, options);
  return { ...settled, changed: [...changed, ...unreadItems(items)] };
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
    builder.instructBy(decodeContent(item.content, `${path}.content`, remote));
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
  const content = resultBlocks(decodeContent(output, `${path}.output`, remote, true));
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

/**
 * The content of a message, or what a tool answered (`isResult`): one block per part, which stay apart as the client sent them. `path` is
 * that of the content.
 */
function decodeContent(
  content: string | readonly ContentPart[],
  path: string,
  remote: RemoteImages,
  isResult = false,
): ContentBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return content.flatMap((part, index): ContentBlock[] => {
    const at = `${path}[${index}]`;
    if (part.type === "input_image") return [decodeImage(part, at, remote, isResult)];
    if (part.type === "input_file") {
      const read = () => {
        const file = decodeFile(part, at);
        return isResult && file.type === "image" ? asResultImage(file, `${at}.file_data`) : file;
      };
      return [remote.attempt(`${at}.input_file`, read)];
    }
    const cited = part.type === "output_text" ? textsOf(part.text, part.annotations) : undefined;
    return cited ?? textBlocks(part.type === "refusal" ? part.refusal : part.text);
  });
}

function decodeImage({ image_url, file_id }: InputImage, path: string, remote: RemoteImages, isResult: boolean) {
  const param = `${path}.image_url`;
  if (typeof image_url === "string") return decodeImageUrl(image_url, param, remote, isResult);
  return remote.attempt(`${path}.input_image`, () => {
    const id = `${path}.file_id`;
    if (typeof file_id === "string")
      throw invalid(id, `There is no file store, so '${id}' names nothing: send image_url.`);
    throw invalid(param, `Missing required parameter: '${param}': an https URL, or a data URL with base64.`);
  });
}
