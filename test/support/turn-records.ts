import type { TurnRecord } from "../../src/core/turn-record.ts";

/** A turn that was answered, unless the fields say otherwise. */
export function turnRecord(fields: Partial<TurnRecord> = {}): TurnRecord {
  return {
    at: 0,
    caller: { dialect: "chat", client: "curl" },
    model: "claude-sonnet-4",
    answered: "claude-sonnet-4-9",
    inputTokens: 10,
    cacheReadTokens: 20,
    cacheWriteTokens: 30,
    outputTokens: 5,
    reasoningTokens: 1,
    searches: 0,
    outcome: "stop",
    waitedMs: 1,
    firstTokenMs: 100,
    totalMs: 200,
    served: "new",
    ...fields,
  };
}
