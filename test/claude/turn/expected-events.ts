import type { ChatEvent, FinishReason, Usage } from "../../../src/core/event.ts";

/** The API's counts in every recorded answer. */
export const USAGE: Usage = { inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 12 };

/** The sum over so many of them. */
export const usageOf = (answers: number): Usage => ({
  inputTokens: answers * 10,
  cacheReadTokens: answers * 7,
  cacheWriteTokens: answers * 5,
  outputTokens: answers * 12,
});

/** Each begins with the counts of its prompt, and a first token. */
export const START: ChatEvent = {
  type: "response-start",
  id: "msg_0001",
  model: "claude-sonnet-5-5",
  usage: { ...USAGE, outputTokens: 1 },
};

export const text = (block: number, ...deltas: string[]): ChatEvent[] => [
  { type: "text-start", block },
  ...deltas.map((delta): ChatEvent => ({ type: "text-delta", block, text: delta })),
  { type: "text-end", block },
];

/** The signature of whatever is thought in the recorded answers. */
const SIGNATURE = "c2ln";

export const reasoning = (block: number, ...deltas: string[]): ChatEvent[] => [
  { type: "reasoning-start", block },
  ...deltas.map((delta): ChatEvent => ({ type: "reasoning-delta", block, text: delta })),
  { type: "reasoning-end", block, signature: SIGNATURE },
];

export const call = (block: number, id: string, name: string, ...deltas: string[]): ChatEvent[] => [
  { type: "tool-call-start", block, id, name },
  ...deltas.map((args): ChatEvent => ({ type: "tool-call-delta", block, args })),
  { type: "tool-call-end", block },
];

export const finish = (unified: FinishReason["unified"], raw: string, usage: Usage = USAGE): ChatEvent => ({
  type: "finish",
  reason: { unified, raw },
  usage,
});
