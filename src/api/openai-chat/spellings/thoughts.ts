import { mapKept } from "../../lenient/kept.ts";
import { readPart } from "../../lenient/read-part.ts";
import { encryptedDetail, type ReasoningDetail, textDetail } from "../reasoning-details.ts";

/**
 * Thinking with its signatures among the parts of a content, as Anthropic has it, or in a list of its own, `thinking_blocks`, as LiteLLM
 * does; undefined: there is none. The place of a part is its place in the message.
 */
export function thoughtsWithin(parts: unknown): ReasoningDetail[] | undefined {
  if (!Array.isArray(parts)) return undefined;
  const details = parts.flatMap((part, index) => detailOf(part, index) ?? []);
  return details.length === 0 ? undefined : details;
}

/** The content without these, each in whose place nothing is said. */
export function withoutThoughts(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return mapKept(content, (part, index) => (detailOf(part, index) ? { type: "text", text: "" } : part));
}

function detailOf(part: unknown, index: number): ReasoningDetail | undefined {
  const read = readPart(part);
  const block = read?.kind === "thinking" ? read.block : undefined;
  if (block === undefined) return undefined;
  if ("redacted" in block) return encryptedDetail(index, block.redacted);
  return textDetail(index, block.text, block.signature);
}
