import { ApiError } from "../../core/error.ts";
import type { ChatEvent, FinishReason } from "../../core/event.ts";
import type { ApiStreamEvent, RateLimitMessage, ResultMessage } from "../protocol/messages.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { resultError } from "./result-error.ts";
import { NO_USAGE, updateUsage } from "./usage.ts";

const FINISH_REASONS: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "content-filter",
};

/** Ends after which the CLI, left alone, asks the model again: a second, paid request that no client asked for. */
const CLI_WOULD_CONTINUE = new Set(["max_tokens", "model_context_window_exceeded", "refusal"]);

type Block = { readonly kind: "text" | "reasoning"; readonly block: number };

/** Turns the messages of one turn into chat events. A state machine without I/O: `push` every message, until `ended`. */
export class TurnDecoder {
  readonly #now: () => number;
  readonly #knownLimit: () => RateLimitMessage["rate_limit_info"] | undefined;
  #started = false;
  #finished = false;
  #ended = false;
  #open: Block | undefined;
  #blockCount = 0;
  #wroteText = false;
  #usage = NO_USAGE;
  #mustInterrupt = false;
  #clean = false;
  #notice: string | undefined;
  #rateLimit: RateLimitMessage["rate_limit_info"] | undefined;

  /** `now` gives seconds since the epoch; `knownLimit` what an earlier turn of the process learned: the CLI tells only changes. */
  constructor(now: () => number, knownLimit: () => RateLimitMessage["rate_limit_info"] | undefined = () => undefined) {
    this.#now = now;
    this.#knownLimit = knownLimit;
  }

  /** The answer is complete, or has failed: no event will follow. The CLI may still be busy; see {@link ended}. */
  get finished(): boolean {
    return this.#finished;
  }

  /** The CLI has ended the turn and waits for the next. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The turn must be interrupted, or the CLI goes on by itself. */
  get mustInterrupt(): boolean {
    return this.#mustInterrupt;
  }

  /** The CLI's memory of this turn is exactly the user's turn and the answer as it was told. */
  get clean(): boolean {
    return this.#clean;
  }

  /** The API's numbers so far. */
  get usage() {
    return this.#usage;
  }

  push(message: CliMessage): ChatEvent[] {
    switch (message.type) {
      case "stream_event":
        return this.#finished ? [] : this.#decodeStreamEvent(message.event);
      case "assistant":
        this.#notice ??= message.error ?? undefined;
        return [];
      case "rate_limit_event":
        this.#rateLimit = message.rate_limit_info;
        return [];
      case "result":
        return this.#decodeResult(message);
      default:
        return [];
    }
  }

  /** The turn cannot go on: the process died, or somebody gave up. */
  fail(error: ApiError): ChatEvent[] {
    if (this.#finished) return [];
    this.#finished = true;
    return [{ type: "error", error }];
  }

  #decodeStreamEvent(event: ApiStreamEvent): ChatEvent[] {
    switch (event.type) {
      case "message_start":
        if (this.#started) {
          this.#mustInterrupt = true;
          return this.fail(
            new ApiError("upstream_error", "The answer broke off and was begun anew; the rest is not delivered."),
          );
        }
        this.#started = true;
        this.#usage = updateUsage(this.#usage, event.message.usage);
        return [{ type: "response-start", id: event.message.id, model: event.message.model }];
      case "content_block_start":
        return this.#startBlock(event.content_block);
      case "content_block_delta":
        return this.#delta(event.delta);
      case "content_block_stop":
        return this.#endBlock();
      case "message_delta":
        return this.#messageDelta(event);
      case "message_stop":
        return [];
    }
  }

  #startBlock({ type, text }: { type: string; text?: string | null }): ChatEvent[] {
    const kind = type === "text" ? "text" : type === "thinking" ? "reasoning" : undefined;
    // Redacted thinking and blocks of a newer API have nothing a client could show.
    if (kind === undefined) return [];
    this.#open = { kind, block: this.#blockCount++ };
    return [{ type: `${kind}-start`, block: this.#open.block }, ...this.#delta({ type: "text_delta", text })];
  }

  #delta(delta: { type: string; text?: string | null; thinking?: string | null }): ChatEvent[] {
    const text =
      delta.type === "thinking_delta" ? delta.thinking : delta.type === "text_delta" ? delta.text : undefined;
    if (this.#open === undefined || !text) return [];
    const { kind, block } = this.#open;
    if (kind === "text") this.#wroteText = true;
    return [{ type: `${kind}-delta`, block, text }];
  }

  #endBlock(): ChatEvent[] {
    if (this.#open === undefined) return [];
    const { kind, block } = this.#open;
    this.#open = undefined;
    return [{ type: `${kind}-end`, block }];
  }

  #messageDelta({ delta, usage }: Extract<ApiStreamEvent, { type: "message_delta" }>): ChatEvent[] {
    const raw = delta.stop_reason;
    // After an error in mid-stream the CLI makes up an end without a stop reason; the `result` tells the truth.
    if (raw === null || raw === undefined) return [];
    if (usage) this.#usage = updateUsage(this.#usage, usage);
    this.#finished = true;
    // After an answer without any text, too, the CLI asks once more.
    this.#mustInterrupt = CLI_WOULD_CONTINUE.has(raw) || !this.#wroteText;
    this.#clean = !this.#mustInterrupt;
    return [
      ...this.#endBlock(),
      { type: "finish", reason: { unified: FINISH_REASONS[raw] ?? "stop", raw }, usage: this.#usage },
    ];
  }

  #decodeResult(result: ResultMessage): ChatEvent[] {
    this.#ended = true;
    if (result.is_error || result.num_turns !== 1) this.#clean = false;
    if (this.#finished) return [];
    if (result.is_error) {
      return this.fail(
        resultError({
          result,
          notice: this.#notice,
          rateLimit: this.#rateLimit ?? this.#knownLimit(),
          now: this.#now(),
        }),
      );
    }
    return this.fail(new ApiError("cli_failed", "The Claude CLI ended the turn without an answer of the model."));
  }
}
