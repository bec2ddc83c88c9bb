import { NotFoundError, ParseError, ValidationError } from "elysia";
import { mismatchError } from "../api/validation/mismatch.ts";
import { ApiError, toApiError } from "../core/error.ts";
import type { Logger } from "../observability/logger.ts";
import type { Exchange } from "./exchange.ts";

/** Whether Elysia found no route; what to say then depends on the routes there are. */
export function isUnrouted(thrown: unknown): boolean {
  return thrown instanceof NotFoundError;
}

/** Whatever a route, a hook or Elysia threw, as the error to tell the client. */
export function toClientError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  // Elysia wraps what a parse hook throws.
  if (thrown instanceof ParseError) return toClientError(thrown.cause);
  if (thrown instanceof ValidationError) return fromValidation(thrown);
  return toApiError(thrown);
}

/** Schemas that are not ours (Elysia's own `t`, for queries and parameters) report through Elysia. */
function fromValidation(thrown: ValidationError): ApiError {
  const [first] = thrown.all;
  const pointer = first && "path" in first && typeof first.path === "string" ? first.path : "";
  const path = pointer === "root" ? [] : pointer.split(/[/.]/).filter((step) => step !== "");
  const message = first?.summary ?? "it does not fit what is expected";
  return mismatchError({ path, message: `Invalid ${thrown.type}: ${message}.` });
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
