import { isJsonObject } from "../../core/json.ts";
import type * as core from "../../core/request.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { resultBlocks } from "../content-blocks.ts";
import { decodeDocument, decodeImage, decodeResultImage } from "./decode-media.ts";
import { fieldsOf, nativeBlock } from "./native-block.ts";
import { is, type TextBlock, type ToolResultBlock, type ToolUseBlock } from "./schema-content.ts";
import type { AssistantMessage, UserMessage } from "./schema-messages.ts";
import { decodeInput } from "./tool-input.ts";

/** One block for each of the client's. `path` is that of the content. */
export function decodeUserContent(
  content: UserMessage["content"],
  path: string,
  remote: RemoteImages,
): core.ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((block, index) => decodeUserBlock(block, `${path}[${index}]`, remote));
}

type Block<Content> = Extract<Content, readonly unknown[]>[number];

function decodeUserBlock(block: Block<UserMessage["content"]>, path: string, remote: RemoteImages): core.ContentBlock {
  if (is(block, "text")) return decodeText(block);
  if (is(block, "image")) return decodeImage(block, path, remote);
  if (is(block, "document")) return decodeDocument(block, path, remote);
  if (is(block, "tool_result")) return decodeResult(block, path, remote);
  return nativeBlock(block);
}

export function decodeAssistantContent(
  content: AssistantMessage["content"],
  path: string,
  remote: RemoteImages,
): core.ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.flatMap((block, index) => decodeAssistantBlock(block, `${path}[${index}]`, remote));
}

function decodeAssistantBlock(
  block: Block<AssistantMessage["content"]>,
  path: string,
  remote: RemoteImages,
): core.ContentBlock[] {
  if (is(block, "text")) return [decodeText(block)];
  if (is(block, "tool_use")) return [decodeCall(block)];
  if (is(block, "image")) return [decodeImage(block, path, remote)];
  if (is(block, "document")) return [decodeDocument(block, path, remote)];
  if (is(block, "thinking"))
    return [{ type: "thinking", text: wordsIn(block.thinking), signature: wordsIn(block.signature) }];
  if (is(block, "redacted_thinking")) return [{ type: "thinking", redacted: wordsIn(block.data) }];
  return [nativeBlock(block)];
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
    content: resultBlocks(decodeResultContent(content ?? [], `${path}.content`, remote)),
    ...(is_error ? { isError: true } : {}),
    ...fieldsOf(block, "toolset_name"),
  };
}

function decodeResultContent(
  content: NonNullable<ToolResultBlock["content"]>,
  path: string,
  remote: RemoteImages,
): core.ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.map((block, index): core.ContentBlock => {
    const own = `${path}[${index}]`;
    if (is(block, "text")) return decodeText(block);
    if (is(block, "image")) return decodeResultImage(block, own, remote);
    if (is(block, "document")) return decodeDocument(block, own, remote);
    return nativeBlock(block);
  });
}
