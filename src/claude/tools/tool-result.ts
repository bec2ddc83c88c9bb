import type { ImageBlock, ToolResultBlock } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";

/** From half a million characters on the CLI writes a result to disk and tells the model where. */
const LONGEST_TEXT = 400_000;

/** An image with a longer side is scaled. */
const LONGEST_SIDE = 2000;
/** As is one of more squares of 28 pixels: what most models take. For a few, and in older versions, the CLI does without. */
const SQUARE = 28;
const MOST_SQUARES = 4784;
/** One of more bytes is written anew, mostly as a JPEG. */
const MOST_BYTES = 512_000;

/**
 * Whether the CLI passes a result on as it is when it answers an open call. It would replace one without content by a notice of
 * its own, shorten a long one, and convert large images; MCP has no word for documents. As part of the history, appended, all of them arrive whole.
 */
export function isDeliverable({ content, isError }: ToolResultBlock): boolean {
  if (isError === true || content.length === 0) return false;
  const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  if (texts.some(isBlank) || texts.reduce((sum, text) => sum + text.length, 0) > LONGEST_TEXT) return false;
  return content.every((block) => block.type === "text" || (block.type === "image" && isLeftAsItIs(block)));
}

/** Whether the CLI leaves an image as it is, wherever it looks at one: as a part of a question, or of a result that answers a call. */
function isLeftAsItIs({ width, height, data }: ImageBlock): boolean {
  const squares = Math.ceil(width / SQUARE) * Math.ceil(height / SQUARE);
  if (Math.max(width, height) > LONGEST_SIDE || squares > MOST_SQUARES) return false;
  return Buffer.byteLength(data, "base64") <= MOST_BYTES;
}

/** A deliverable result of a call as MCP's `tools/call` gives it. */
export function mcpResult({ content }: ToolResultBlock): object {
  return {
    content: content.map((block) => {
      if (block.type === "text") return block;
      if (block.type === "image") return { type: "image", data: block.data, mimeType: block.mediaType };
      throw new Error(`MCP has no word for a result's ${block.type} block`);
    }),
  };
}
