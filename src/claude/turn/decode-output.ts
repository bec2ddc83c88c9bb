import { ApiError } from "../../core/error.ts";
import type { ChatEvent, FinishReason, Usage } from "../../core/event.ts";
import type { JsonObject } from "../../core/json.ts";
import { isFullId, isSameModel } from "../models/model-name.ts";
import type {
  ApiStreamEvent,
  ApiUsage,
  InitMessage,
  RateLimitMessage,
  ResultMessage,
  UserMessage,
} from "../protocol/messages.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { STRUCTURED_OUTPUT, ToolNames } from "../tools/tool-names.ts";
import { BlockDecoder, isAwaited, type OutputDelivery } from "./decode-blocks.ts";
import { noOutput, resultError } from "./result-error.ts";
import { addUsage, NO_USAGE, nativeFields, updateUsage } from "./usage.ts";

const FINISH_REASONS: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool-calls",
  // Of the steps that the API takes by itself.
  pause_turn: "length",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "content-filter",
};

/** Ends after which the CLI, left alone, asks the model again: a second, paid request that no client asked for. */
const CLI_WOULD_CONTINUE = new Set(["max_tokens", "model_context_window_exceeded", "refusal"]);

export type TurnDecoderOptions = {
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** What an earlier turn of the process learned: the CLI tells only changes. */
  readonly knownLimit?: () => RateLimitMessage["rate_limit_info"] | undefined;
  readonly names?: ToolNames;
  /** Structured output was asked for, to be told so. */
  readonly output?: OutputDelivery;
  /** The turn goes on after the results of tool calls; else it begins with this question. */
  readonly isResumed?: boolean;
  /** What the process was told to ask. */
  readonly model?: string;
};

/** Turns the messages of one turn into chat events. A state machine without I/O: `push` every message, until `ended`. */
export class TurnDecoder {
  readonly #options: TurnDecoderOptions;
  readonly #blocks: BlockDecoder;
  #started = false;
  #finished = false;
  #ended = false;
  /** The model has written this answer to its end. */
  #isWritten = false;
  /** Of model turns before the present one. */
  #spent = NO_USAGE;
  #usage = NO_USAGE;
  #mustInterrupt = false;
  #clean = false;
  #awaitedCalls: readonly string[] = [];
  #doubt: string | undefined;
  #notice: string | undefined;
  #rateLimit: RateLimitMessage["rate_limit_info"] | undefined;

  constructor(options: TurnDecoderOptions) {
    this.#options = options;
    this.#blocks = new BlockDecoder(options.names ?? new ToolNames([]), options.output);
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
    return this.#clean && !this.#blocks.hasLostCitations;
  }

  /** The calls whose results the CLI waits for, once the answer is finished; empty when it waits for none. */
  get awaitedCalls(): readonly string[] {
    return this.#awaitedCalls;
  }

  /** Why it is no longer known what the process remembers, or does; undefined while it is. */
  get doubt(): string | undefined {
    return this.#doubt;
  }

  /** The API's numbers so far. */
  get usage(): Usage {
    return addUsage(this.#spent, this.#usage);
  }

  push(message: CliMessage): ChatEvent[] {
    switch (message.type) {
      case "stream_event":
        if (!this.#finished) return this.#decodeStreamEvent(message.event);
        // Where it was told to stop it may have begun already.
        if (message.event.type === "message_start" && !this.#mustInterrupt) this.#doubt ??= "a second answer";
        return [];
      case "native_event":
        if (this.#finished || !this.#started) return [];
        return [{ type: "native-event", event: message.event }];
      case "changed":
        this.#doubt ??= message.what;
        return [];
      case "assistant":
        this.#notice ??= message.error ?? undefined;
        this.#blocks.compare(message.message);
        return [];
      case "system":
        return [...this.#requireModel(message), ...this.#requireTools(message)];
      case "user":
        return this.#checkOutput(message);
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

  /** The CLI asks another model in place of one that it takes to be gone. */
  #requireModel({ model }: InitMessage): ChatEvent[] {
    const wanted = this.#options.model;
    if (this.#finished || wanted === undefined || typeof model !== "string" || !isFullId(wanted)) return [];
    if (isSameModel(model, wanted)) return [];
    this.#mustInterrupt = true;
    this.#doubt ??= "another model";
    const message = `The Claude CLI does not ask ${wanted}, but ${model} in its place. Name that, or another of GET /v1/models.`;
    return this.fail(new ApiError("model_not_found", message, { param: "model" }));
  }

  /**
   * The CLI lists the functions whose calls it opens. It would answer calls of one that it does not know by itself; and of one that nobody
   * offered, where the request has no tools, the model is told by the CLI.
   */
  #requireTools({ tools }: InitMessage): ChatEvent[] {
    const { names, output } = this.#options;
    if (this.#finished || names === undefined) return [];
    const { foreign, missing } = names.compare(output ? tools.filter((name) => name !== STRUCTURED_OUTPUT) : tools);
    if (foreign.length === 0 && missing.length === 0) return [];
    this.#mustInterrupt = true;
    this.#doubt ??= "other tools than were offered";
    const which = foreign.length > 0 ? "a tool that is none of this request's" : "not all tools of this request";
    return this.fail(new ApiError("cli_failed", `The Claude CLI offers the model ${which}.`));
  }

  #decodeStreamEvent(event: ApiStreamEvent): ChatEvent[] {
    switch (event.type) {
      case "message_start":
        return this.#startMessage(event.message);
      case "content_block_start":
        return this.#blocks.start(event.content_block);
      case "content_block_delta":
        return this.#blocks.delta(event.delta);
      case "content_block_stop":
        return this.#blocks.end();
      case "message_delta":
        return this.#messageDelta(event);
      case "message_stop":
        return [];
    }
  }

  #startMessage({ id, model, usage }: Extract<ApiStreamEvent, { type: "message_start" }>["message"]): ChatEvent[] {
    // For structured output the CLI asks again after an answer in plain text, or one that violates the schema.
    if (this.#started && this.#blocks.isBinding) {
      this.#mustInterrupt = true;
      const message = "The answer broke off and was begun anew; the rest is not delivered.";
      return this.fail(new ApiError("upstream_error", message));
    }
    const isFirst = !this.#started;
    this.#started = true;
    this.#isWritten = false;
    this.#blocks.restart();
    this.#spent = this.usage;
    this.#usage = updateUsage(NO_USAGE, usage);
    return isFirst ? [{ type: "response-start", id, model, ...promptUsage(usage) }] : [];
  }

  /** The CLI tells the model that its structured output violates the schema, often while the model still writes. */
  #checkOutput({ message: { content } }: UserMessage): ChatEvent[] {
    if (this.#finished || typeof content === "string") return [];
    for (const { tool_use_id, is_error } of content) if (is_error) this.#blocks.refuseOutput(tool_use_id ?? "");
    return this.#isWritten ? this.#failIfRefused() : [];
  }

  /** A client that was told structured output that is refused cannot be told another. */
  #failIfRefused(): ChatEvent[] {
    const { wroteOutput, output } = this.#blocks;
    if (this.#options.output !== "as-written" || !wroteOutput || output !== undefined) return [];
    this.#mustInterrupt = true;
    const message = "The model's answer does not satisfy the JSON schema that was asked for.";
    return this.fail(new ApiError("upstream_error", message));
  }

  #messageDelta(event: Extract<ApiStreamEvent, { type: "message_delta" }>): ChatEvent[] {
    const { delta, usage } = event;
    const raw = delta.stop_reason;
    // After an error in mid-stream the CLI makes up an end without a stop reason; the `result` tells the truth.
    if (raw === null || raw === undefined) return [];
    if (usage) this.#usage = updateUsage(this.#usage, usage);
    const { calls, wroteOutput } = this.#blocks;
    const structured = this.#options.output !== undefined;
    const isCut = CLI_WOULD_CONTINUE.has(raw) || (raw === "stop_sequence" && wroteOutput);
    // The CLI checks it, or asks for it, before the turn is over. What was cut fits no schema, and must not be judged by one.
    if (structured && calls.length === 0 && !isCut) {
      this.#isWritten = true;
      return [...this.#blocks.end(), ...this.#failIfRefused()];
    }
    const left = this.#blocks.end();
    this.#finished = true;
    const isCalling = raw === "tool_use" && calls.length > 0;
    if (isCalling && !wroteOutput && calls.every(isAwaited)) this.#awaitedCalls = calls.map(({ id }) => id);
    else this.#mustInterrupt = structured || isCalling || calls.length > 0 || this.#cliGoesOnAfter(raw);
    this.#clean = !this.#mustInterrupt;
    const stopText = delta.stop_sequence ?? undefined;
    const reason = {
      unified: isCalling ? "tool-calls" : finishReason(raw),
      raw,
      ...(stopText && { stopText }),
    } as const;
    const finish = { type: "finish", reason, usage: this.usage, ...nativeEnd(event) } as const;
    return [...left, ...this.#blocks.releaseOutput({ isCut }), finish];
  }

  /** After an answer without any text, too, the CLI asks once more, unless it was paused; and of a call alone, without its result, it keeps nothing. */
  #cliGoesOnAfter(raw: string): boolean {
    if (raw === "pause_turn") return !this.#blocks.isKept;
    return CLI_WOULD_CONTINUE.has(raw) || !this.#blocks.wroteText;
  }

  #decodeResult(result: ResultMessage): ChatEvent[] {
    this.#ended = true;
    this.#awaitedCalls = [];
    if (isFailed(result) || (!this.#options.isResumed && result.num_turns !== 1)) this.#clean = false;
    if (this.#finished) return [];
    const { output } = this.#blocks;
    if (this.#options.output !== undefined && output !== undefined && !result.is_error) {
      this.#finished = true;
      const finish = { type: "finish", reason: { unified: "stop", raw: "tool_use" }, usage: this.usage } as const;
      return [...this.#blocks.releaseOutput({ isCut: false }), finish];
    }
    const { now, knownLimit } = this.#options;
    if (result.is_error) {
      const rateLimit = this.#rateLimit ?? knownLimit?.();
      return this.fail(resultError({ result, notice: this.#notice, rateLimit, now: now() }));
    }
    if (this.#started && this.#options.output !== undefined) return this.fail(noOutput());
    return this.fail(new ApiError("cli_failed", "The Claude CLI ended the turn without an answer of the model."));
  }
}

/** An answer that does not end with a text is an error to the CLI, which it remembers like any other; then it says that it has completed it. */
function isFailed({ is_error, subtype, terminal_reason }: ResultMessage): boolean {
  return is_error && !(subtype === "error_during_execution" && terminal_reason === "completed");
}

const OWN_ENDS: ReadonlySet<string> = new Set(["type", "delta", "usage", "stop_reason", "stop_sequence"]);

/** What the API tells at the end, beside the reason and in the event itself, and no word of ours does. */
function nativeEnd(event: Extract<ApiStreamEvent, { type: "message_delta" }>): { readonly native?: JsonObject } {
  const native = { ...nativeFields(event.delta, OWN_ENDS), ...nativeFields(event, OWN_ENDS) };
  return Object.keys(native).length === 0 ? {} : { native };
}

/** What the API says of the prompt as an answer begins; nothing, rather than zeros, when it leaves that out. */
function promptUsage(usage: ApiUsage): { readonly usage?: Usage } {
  return typeof usage.input_tokens === "number" ? { usage: updateUsage(NO_USAGE, usage) } : {};
}

function finishReason(raw: string): FinishReason["unified"] {
  const unified = FINISH_REASONS[raw] ?? "stop";
  // It says so, but calls nothing.
  return unified === "tool-calls" ? "stop" : unified;
}
