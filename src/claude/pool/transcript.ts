import type { Turn } from "../../core/request.ts";

/**
 * What a process remembers, turn by turn. A user's turn has the uuid it was sent with: the CLI can be rewound to just before it.
 * An assistant's turn is undefined when the process remembers something else than the client was told.
 */
export type TranscriptEntry =
  | { readonly role: "user"; readonly turn: Turn; readonly uuid: string }
  | { readonly role: "assistant"; readonly turn: Turn | undefined };

/** How many leading turns of the conversation the process remembers exactly. */
export function commonPrefix(entries: readonly TranscriptEntry[], turns: readonly Turn[]): number {
  let length = 0;
  while (length < entries.length && length < turns.length && sameTurn(entries[length]?.turn, turns[length])) length++;
  return length;
}

function sameTurn(a: Turn | undefined, b: Turn | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.role !== b.role || a.content.length !== b.content.length) return false;
  return a.content.every((block, index) => {
    const other = b.content[index];
    return other !== undefined && block.type === other.type && block.text === other.text;
  });
}
