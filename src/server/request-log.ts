import type { ApiError } from "../core/error.ts";
import type { TurnRecord } from "../core/turn-record.ts";
import type { LogFields, Logger } from "../observability/logger.ts";
import type { Exchange } from "./exchange.ts";

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

/** Tells the log what the client is not told: the cause of an error of our own. */
export function logInternalError(error: ApiError, exchange: Pick<Exchange, "id">, logger: Logger): void {
  if (error.code !== "internal_error") return;
  const cause = error.cause ?? error;
  logger.error("internal error", {
    request: exchange.id,
    stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  });
}

/** Names that are remembered to have been refused. */
const MOST_NAMES = 100;

/** Tells the log of hosts and origins that are refused, each once, with the flag that would let it in: whoever owns the server sees it here. */
export class RefusalLog {
  readonly #told = new Set<string>();

  note(error: ApiError, logger: Logger): void {
    if (error.code !== "host_refused" && error.code !== "origin_refused") return;
    // The message names what was refused.
    if (this.#told.has(error.message) || this.#told.size >= MOST_NAMES) return;
    this.#told.add(error.message);
    logger.warn(error.message, { error: error.code });
  }
}
