import { parseJsonObject, sameJson } from "../../core/json.ts";
import type { Turn } from "../../core/request.ts";
import { toolCallsOf } from "../../core/tool-calls.ts";
import { isBlank, textOf } from "../../core/turns.ts";

/**
 * What a process remembers, turn by turn. A user's turn has the uuid it was sent with: the CLI can be rewound to just before it.
 * Results of tool calls that the CLI itself put together have none. An assistant's turn is undefined when the process remembers
 * something else than the client was told; `written` marks those that the model wrote here.
 */
export type TranscriptEntry =
  | { readonly role: "user"; readonly turn: Turn; readonly uuid: string | undefined }
  | { readonly role: "assistant"; readonly turn: Turn | undefined; readonly written?: boolean };

/** How many leading turns of the conversation the process remembers exactly. */
export function commonPrefix(entries: readonly TranscriptEntry[], turns: readonly Turn[]): number {
  let length = 0;
  while (length < entries.length && length < turns.length && remembers(entries[length], turns[length])) length++;
  return length;
}

function remembers(entry: TranscriptEntry | undefined, turn: Turn | undefined): boolean {
  if (entry?.turn === undefined || turn === undefined || entry.role !== turn.role) return false;
  if (sameJson(entry.turn.content, turn.content)) return true;
  return entry.role === "assistant" && entry.written === true && sameAsTold(entry.turn, turn);
}

/**
 * Whether this is the answer as a client was told it: the text of all blocks in one piece, and the calls, whose arguments a
 * client may write anew.
 */
function sameAsTold(answer: Turn, turn: Turn): boolean {
  return sameJson(asTold(answer), asTold(turn));
}

function asTold(turn: Turn) {
  const text = textOf(turn);
  return {
    text: isBlank(text) ? "" : text,
    calls: toolCallsOf(turn).map(({ id, name, args }) => ({ id, name, args: parseJsonObject(args) ?? args })),
  };
}
