import type * as core from "../../core/request.ts";
import { normalizeTurns } from "../../core/turns.ts";
import { asResultImage } from "../attachments/decode-image.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { decodeDocument, decodeImage, imageParam } from "./decode-media.ts";
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
      return decodeDocument(block, path);
    case "tool_result":
      return decodeResult(block, path, remote);
  }
}

/** Thinking is left out: see its schema. */
export function decodeAssistantContent(content: AssistantMessage["content"]): core.ContentBlock[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content.flatMap((block): core.ContentBlock[] => {
    if (block.type === "text") return [{ type: "text", text: block.text }];
    if (block.type !== "tool_use") return [];
    return [{ type: "tool-call", id: block.id, name: block.name, args: decodeInput(block.input) }];
  });
}

function decodeResult(
  { tool_use_id, content, is_error }: ToolResultBlock,
  path: string,
  remote: RemoteImages,
): core.ToolResultBlock {
  return {
    type: "tool-result",
    callId: tool_use_id,
    content: decodeResultContent(content ?? [], `${path}.content`, remote),
    ...(is_error ? { isError: true } : {}),
  };
}

/** Blank text says nothing and is left out, as in turns. */
function decodeResultContent(
  content: NonNullable<ToolResultBlock["content"]>,
  path: string,
  remote: RemoteImages,
): (core.TextBlock | core.ImageBlock)[] {
  const blocks: core.ContentBlock[] =
    typeof content === "string"
      ? [{ type: "text", text: content }]
      : content.map((block, index) => {
          if (block.type === "text") return { type: "text", text: block.text };
          const own = `${path}[${index}]`;
          return asResultImage(decodeImage(block, own, remote), imageParam(block.source, own));
        });
  const [said] = normalizeTurns([{ role: "user", content: blocks }]);
  return (said?.content ?? []).filter((block) => block.type === "text" || block.type === "image");
}
