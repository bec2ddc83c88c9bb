import type * as core from "../../core/request.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { resultBlocks } from "../content-blocks.ts";
import { decodeDocument, decodeImage, decodeResultImage } from "./decode-media.ts";
import { nativeBlock } from "./native-block.ts";
import type { ToolResultBlock } from "./schema-content.ts";
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

function decodeUserBlock(
  block: Exclude<UserMessage["content"], string>[number],
  path: string,
  remote: RemoteImages,
): core.ContentBlock {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text };
    case "image":
      return decodeImage(block, path, remote);
    case "document":
      return decodeDocument(block, path, remote);
    case "tool_result":
      return decodeResult(block, path, remote);
    default:
      return nativeBlock(block);
  }
}

export function decodeAssistantContent(
  content: AssistantMessage["content"],
  path: string,
  remote: RemoteImages,
): core.ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.flatMap((block, index): core.ContentBlock[] => {
    const own = `${path}[${index}]`;
    switch (block.type) {
      case "image":
        return [decodeImage(block, own, remote)];
      case "document":
        return [decodeDocument(block, own, remote)];
      case "text":
        return [{ type: "text", text: block.text }];
      case "tool_use":
        return [{ type: "tool-call", id: block.id, name: block.name, args: decodeInput(block.input) }];
      case "thinking":
        return [{ type: "thinking", text: wordsIn(block.thinking), signature: wordsIn(block.signature) }];
      case "redacted_thinking":
        return [{ type: "thinking", redacted: wordsIn(block.data) }];
      default:
        return [nativeBlock(block)];
    }
  });
}

/** What is no text cannot be what the API gave, and is left out for that. */
function wordsIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function decodeResult(
  { tool_use_id, content, is_error }: ToolResultBlock,
  path: string,
  remote: RemoteImages,
): core.ToolResultBlock {
  return {
    type: "tool-result",
    callId: tool_use_id,
    content: resultBlocks(decodeResultContent(content ?? [], `${path}.content`, remote)),
    ...(is_error ? { isError: true } : {}),
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
    switch (block.type) {
      case "text":
        return { type: "text", text: block.text };
      case "image":
        return decodeResultImage(block, own, remote);
      case "document":
        return decodeDocument(block, own, remote);
      case "tool_reference":
        // The CLI drops these in results; that the tool is there now is what they say.
        return { type: "text", text: `loaded: ${block.tool_name}` };
      default:
        return nativeBlock(block);
    }
  });
}
