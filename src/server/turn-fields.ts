import type { TurnRecord } from "../core/turn-record.ts";
import type { LogFields } from "../observability/logger.ts";

/** What a request's line in the log says of the turns that the model was asked for it; of several, their sums, and the first's times. */
export function turnFields(turns: readonly TurnRecord[]): LogFields {
  const [first] = turns;
  if (first === undefined) return {};
  const sum = (count: (turn: TurnRecord) => number) => turns.reduce((total, turn) => total + count(turn), 0);
  const cached = sum(({ cacheReadTokens }) => cacheReadTokens);
  return {
    model: first.answered ?? first.model,
    in: sum(({ inputTokens, cacheWriteTokens }) => inputTokens + cacheWriteTokens) + cached,
    cached,
    out: sum(({ outputTokens }) => outputTokens),
    searches: sum(({ searches }) => searches) || undefined,
    waited: first.waitedMs,
    first: first.firstTokenMs,
    served: first.served,
    fault: first.fault,
    client: first.caller.client,
    key: first.caller.key,
  };
}
