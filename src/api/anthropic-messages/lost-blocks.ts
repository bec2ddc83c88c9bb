import { isJsonObject } from "../../core/json.ts";
import type { Message } from "./schema-messages.ts";

const CALLS: ReadonlySet<unknown> = new Set(["server_tool_use", "mcp_tool_use"]);

/**
 * The places of blocks that reach the CLI and that it takes out of a conversation, whatever is said: the advice of another model, and
 * calls of Anthropic's tools that have no result in the same message.
 */
export function lostBlocks(messages: readonly Message[]): string[] {
  const lost = messages.flatMap(({ role, content }): string[] => {
    if (role !== "assistant" || typeof content === "string") return [];
    const blocks: readonly object[] = content;
    const answered = new Set(blocks.flatMap((block) => ("tool_use_id" in block ? [block.tool_use_id] : [])));
    return blocks.flatMap((block) => {
      if (!isJsonObject(block)) return [];
      const { type, name, id } = block;
      const isAdvice = type === "advisor_tool_result" || (type === "server_tool_use" && name === "advisor");
      return isAdvice || (CALLS.has(type) && !answered.has(id)) ? [`messages.content.${String(type)}`] : [];
    });
  });
  return [...new Set(lost)];
}
