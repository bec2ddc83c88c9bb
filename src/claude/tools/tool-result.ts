import type { ToolResultBlock } from "../../core/request.ts";
import { encodeResultContent, NO_OUTPUT } from "../turn/encode-content.ts";

/** From half a million characters on the CLI writes a result to disk and tells the model where. */
const LONGEST_TEXT = 400_000;

/**
 * Whether an open call can be answered with the result: the CLI writes a long one to disk, and of one that failed it takes the text
 * alone. As part of the history, appended, both arrive whole.
 */
export function isDeliverable({ content, isError }: ToolResultBlock): boolean {
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  if (isError && texts.length < content.length) return false;
  return texts.reduce((sum, text) => sum + text.length, 0) <= LONGEST_TEXT;
}

/**
 * The result of a call as MCP's `tools/call` gives it. In the place of one without content the CLI would put a notice of its own. What has images is only announced:
 * see {@link nativeResult}.
 */
export function mcpResult(result: ToolResultBlock): object {
  const text = (words: string) => ({ type: "text", text: words });
  if (nativeResult(result) !== undefined) return { content: [text("(images)")] };
  const parts = encodeResultContent(result);
  return { content: parts.length === 0 ? [text(NO_OUTPUT)] : parts, ...(result.isError ? { isError: true } : {}) };
}

/**
 * The blocks that take the place of what {@link mcpResult} announces, once the CLI has read it: it converts large images of MCP's, and
 * leaves those that a `PostToolUse` hook gives. Undefined: there are no images.
 */
export function nativeResult(result: ToolResultBlock): object[] | undefined {
  return result.content.some(({ type }) => type === "image") ? encodeResultContent(result) : undefined;
}
