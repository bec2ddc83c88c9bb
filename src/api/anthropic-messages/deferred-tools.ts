import type { MessagesBody } from "./schema.ts";
import type { ToolDefinition } from "./schema-tools.ts";

type Conversation = Pick<MessagesBody, "messages" | "tool_choice">;

/**
 * The tools without those that are deferred and that nothing refers to yet: a result that names one, a call of it, or the choice of it.
 * Where the search among them was to be Anthropic's, which is not offered here, all are offered: nothing could find them.
 */
export function withoutDeferred(
  tools: readonly ToolDefinition[],
  conversation: Conversation,
): readonly ToolDefinition[] {
  if (!tools.some(isDeferred) || tools.some(({ type }) => type?.startsWith("tool_search_tool"))) return tools;
  const referred = referredTools(conversation);
  return tools.filter((tool) => !isDeferred(tool) || referred.has(tool.name));
}

function isDeferred({ defer_loading }: ToolDefinition): boolean {
  return defer_loading === true;
}

function referredTools({ messages, tool_choice }: Conversation): Set<string> {
  const names = new Set<string>();
  if (tool_choice?.type === "tool") names.add(tool_choice.name);
  for (const message of messages) {
    if (typeof message.content === "string") continue;
    if (message.role === "system") {
      for (const block of message.content) {
        if (block.type === "tool_addition") names.add(block.tool.name);
        if (block.type === "tool_removal") names.delete(block.tool.name);
      }
      continue;
    }
    for (const block of message.content) {
      if (block.type === "tool_use") names.add(block.name);
      if (block.type !== "tool_result" || !Array.isArray(block.content)) continue;
      for (const part of block.content) if (part.type === "tool_reference") names.add(part.tool_name);
    }
  }
  return names;
}
