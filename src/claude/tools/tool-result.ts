import type { ToolResultBlock } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";

/** From half a million characters on the CLI writes a result to disk and tells the model where. */
const LONGEST_TEXT = 400_000;

/**
 * Whether the CLI passes a result on as it is when it answers an open call. It would replace one without text by a notice of
 * its own, shorten a long one, and convert images: to fewer pixels, to JPEG, or to a notice where it cannot read them. As part of
 * the history, appended, all of them arrive whole.
 */
export function isDeliverable({ content, isError }: ToolResultBlock): boolean {
  if (isError === true || content.length === 0) return false;
  const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  if (texts.length < content.length || texts.some(isBlank)) return false;
  return texts.reduce((sum, text) => sum + text.length, 0) <= LONGEST_TEXT;
}

/** The result of a call as MCP's `tools/call` gives it. */
export function mcpResult({ content }: ToolResultBlock): object {
  return {
    content: content.map((block) =>
      block.type === "text" ? block : { type: "image", data: block.data, mimeType: block.mediaType },
    ),
  };
}
