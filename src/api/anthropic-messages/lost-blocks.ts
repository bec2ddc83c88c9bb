import { isJsonObject } from "../../core/json.ts";
import type { Message } from "./schema-messages.ts";

const CALLS: ReadonlySet<unknown> = new Set(["server_tool_use", "mcp_tool_use"]);

/** What of the sources of an answer the CLI (2.1.330) tells the API again; of what rests on documents it says no more that it did. */
const KEPT_CITATION = "web_search_result_location";

/**
 * The places of what reaches the CLI and what it takes out of a conversation, whatever is said: the advice of another model, calls of Anthropic's
 * tools that have no result in the same message, and what texts rest on beside searches.
 */
export function lostBlocks(messages: readonly Message[]): string[] {
  const lost = messages.flatMap(({ role, content }): string[] => {
    if (role !== "assistant" || typeof content === "string") return [];
    const blocks: readonly object[] = content;
    const answered = new Set(blocks.flatMap((block) => ("tool_use_id" in block ? [block.tool_use_id] : [])));
    return blocks.flatMap((block) => {
      if (!isJsonObject(block)) return [];
      const { type, name, id, citations } = block;
      if (type === "text") return hasLost(citations) ? ["messages.content.citations"] : [];
      const isAdvice = type === "advisor_tool_result" || (type === "server_tool_use" && name === "advisor");
      return isAdvice || (CALLS.has(type) && !answered.has(id)) ? [`messages.content.${String(type)}`] : [];
    });
  });
  return [...new Set(lost)];
}

function hasLost(citations: unknown): boolean {
  return Array.isArray(citations) && citations.some((each) => isJsonObject(each) && each.type !== KEPT_CITATION);
}
