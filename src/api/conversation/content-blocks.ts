import type { ContentBlock, ResultPart, TextBlock } from "../../core/request.ts";
import { normalizeTurns } from "../../core/turns.ts";

export function textBlocks(text: string): TextBlock[] {
  return text === "" ? [] : [{ type: "text", text }];
}

/** What a tool answered; blank text says nothing and is left out, as in turns. */
export function resultBlocks(blocks: readonly ContentBlock[]): ResultPart[] {
  const [said] = normalizeTurns([{ role: "user", content: blocks }]);
  return (said?.content ?? []).filter(isResultPart);
}

function isResultPart(block: ContentBlock): block is ResultPart {
  return block.type !== "tool-call" && block.type !== "tool-result" && block.type !== "thinking";
}
