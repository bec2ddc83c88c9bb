import type { Turn } from "../../core/request.ts";

/**
 * One line for the CLI's stdin. `client_composed` makes it take the text literally: without it `@path` is read from disk and
 * `/command` is run. `shouldQuery: false` appends a turn without asking the model.
 */
export function userMessage(turn: Turn, uuid: string, { query }: { query: boolean }): object {
  return {
    type: "user",
    message: { role: "user", content: turn.content },
    parent_tool_use_id: null,
    session_id: "",
    uuid,
    client_composed: true,
    ...(query ? {} : { shouldQuery: false }),
  };
}

/** An assistant turn of the history: the CLI appends it without a word. */
export function assistantMessage(turn: Turn): object {
  return {
    type: "assistant",
    message: { role: "assistant", content: turn.content },
    parent_tool_use_id: null,
    session_id: "",
  };
}
