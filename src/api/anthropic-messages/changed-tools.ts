import { is } from "./schema-content.ts";
import type { Message } from "./schema-messages.ts";

/** What the client's messages of role `system` say, which the CLI does not tell the API: see {@link changedTools}. */
export type ChangedTools = { readonly added: ReadonlySet<string>; readonly removed: ReadonlySet<string> };

/** Which tools the client has added to the conversation since it began, and which it has taken away: the last word counts. */
export function changedTools(messages: readonly Message[]): ChangedTools {
  const added = new Set<string>();
  const removed = new Set<string>();
  for (const { role, content } of messages) {
    if (role !== "system" || typeof content === "string") continue;
    for (const block of content) {
      if (is(block, "tool_addition")) move(block.tool.name, removed, added);
      if (is(block, "tool_removal")) move(block.tool.name, added, removed);
    }
  }
  return { added, removed };
}

function move(name: string, from: Set<string>, to: Set<string>): void {
  from.delete(name);
  to.add(name);
}
