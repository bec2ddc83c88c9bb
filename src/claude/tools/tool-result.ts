import type { ToolResultBlock } from "../../core/request.ts";
import { encodeResultContent, NO_OUTPUT } from "../turn/encode-content.ts";

/** From half a million characters on the CLI writes a result to disk and tells the model where. */
const LONGEST_TEXT = 400_000;

/**
 * Whether an open call can be answered with the result: the CLI writes a long one to disk, and of one that failed it takes the text
 * alone. As part of the history, appended, both arrive whole.
 */
export function isDeliverable(result: ToolResultBlock): boolean {
  if (result.isError && nativeResult(result) !== undefined) return false;
  const lengths = result.content.map((part) => (part.type === "text" ? part.text.length : 0));
  return lengths.reduce((sum, length) => sum + length, 0) <= LONGEST_TEXT;
}

/**
 * The result of a call as MCP's `tools/call` gives it. In the place of one without content the CLI would put a notice of its own. What is
 * more than text is only announced: see {@link nativeResult}.
 */
export function mcpResult(result: ToolResultBlock): object {
  const text = (words: string) => ({ type: "text", text: words });
  if (nativeResult(result) !== undefined) return { content: [text("(see below)")] };
  const parts = encodeResultContent(result);
  return { content: parts.length === 0 ? [text(NO_OUTPUT)] : parts, ...(result.isError ? { isError: true } : {}) };
}

/**
 * The blocks that take the place of what {@link mcpResult} announces, once the CLI has read it: it converts large images of MCP's, and
 * leaves whatever a `PostToolUse` hook gives. Undefined: there is nothing but text.
 */
export function nativeResult(result: ToolResultBlock): object[] | undefined {
  return result.content.every(({ type }) => type === "text") ? undefined : encodeResultContent(result);
}
