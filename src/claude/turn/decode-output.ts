import { ApiError } from "../../core/error.ts";
import type { ChatEvent, FinishReason, Usage } from "../../core/event.ts";
import type { ApiStreamEvent, InitMessage, ResultMessage, UserMessage } from "../protocol/messages.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { ToolNames } from "../tools/tool-names.ts";
import { BlockDecoder, type OutputDelivery } from "./decode-blocks.ts";
import {
  type Expected,
  type FailureFacts,
  initFault,
  noStructuredOutput,
  partOfAnswer,
  resultError,
} from "./turn-errors.ts";
import { addUsage, NO_USAGE, nativeEnd, updateUsage } from "./usage.ts";

/** All others are a "stop"; `tool_use` is one where nothing is called. */
const FINISH_REASONS: ReadonlyMap<string, FinishReason["unified"]> = new Map([
  // Of the steps that the API takes by itself.
  ["pause_turn", "length"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["refusal", "content-filter"],
]);

/** Ends after which the CLI, left alone, asks the model again: a second, paid request that no client asked for. */
const CLI_WOULD_CONTINUE = new Set(["max_tokens", "model_context_window_exceeded", "refusal"]);

export type TurnDecoderOptions = Expected & {
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Structured output was asked for, to be told so. */
  readonly output?: OutputDelivery;
  /** The turn goes on after the results of tool calls; else it begins with this question. */
  readonly isResumed?: boolean;
};

/** What the CLI does, left alone, once the client was told the end. */
type Afterwards =
  /** It ends the turn, and remembers the answer as it was told; or otherwise. */
  | "remembers"
  | "differs"
  /** It asks the model again by itself, and must be interrupted. */
  | "goes-on"
  /** It waits for the results of these calls. */
  | { readonly calls: readonly string[] };

/** `waiting -> writing (-> checking -> writing …) -> told -> ended`; whatever fails leads to `told`, and the CLI's `result` to `ended`. */
type Phase =
  | { readonly at: "waiting" }
  /** `checking`: the structured output is written to its end, and the CLI judges it, or asks for another. */
  | { readonly at: "writing" | "checking"; readonly answer: BlockDecoder }
  /** No event follows. `answer`: what was told, unless that was an error. */
  | { readonly at: "told" | "ended"; readonly afterwards: Afterwards; readonly answer?: BlockDecoder };

/** Turns the messages of one turn into chat events. A state machine without I/O: `push` every message, until `ended`. */
export class TurnDecoder {
  readonly #options: TurnDecoderOptions;
  readonly #names: ToolNames;
  #phase: Phase = { at: "waiting" };
  /** Of model turns before the present one, and of this one. */
  #spent = NO_USAGE;
  #usage = NO_USAGE;
  #doubt: string | undefined;
  /** The CLI made up an end: its `result` will tell an error. */
  #isBroken = false;
  // What explains an error that the CLI ends the turn with.
  #notice: FailureFacts["notice"];
  #rateLimit: FailureFacts["rateLimit"];

  constructor(options: TurnDecoderOptions) {
    this.#options = options;
    this.#names = options.names ?? new ToolNames([]);
  }

  /** The answer is complete, or has failed: no event will follow. The CLI may still be busy; see {@link ended}. */
  get finished(): boolean {
    return this.#afterwards !== undefined;
  }

  /** The CLI has ended the turn and waits for the next. */
  get ended(): boolean {
    return this.#phase.at === "ended";
  }

  /** The turn must be interrupted, or the CLI goes on by itself. */
  get mustInterrupt(): boolean {
    return this.#afterwards === "goes-on";
  }

  /** The CLI's memory of this turn is exactly the user's turn and the answer as it was told. */
  get clean(): boolean {
    const isAsTold = this.#afterwards === "remembers" || typeof this.#afterwards === "object";
    return isAsTold && !this.#answer?.hasLostCitations;
  }

  /** The calls whose results the CLI waits for, once the answer is finished; empty when it waits for none. */
  get awaitedCalls(): readonly string[] {
    return typeof this.#afterwards === "object" ? this.#afterwards.calls : [];
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
        return this.#decodeStreamEvent(message.event);
      case "native_event":
        return this.#written ? [{ type: "native-event", event: message.event }] : [];
      case "changed":
        this.#doubt ??= message.what;
        return [];
      case "assistant":
        this.#notice ??= message.error ?? undefined;
        this.#answer?.compare(message.message);
        return [];
      case "system":
        return this.#checkInit(message);
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
  fail(error: ApiError, afterwards: Afterwards = "differs"): ChatEvent[] {
    if (this.finished) return [];
    this.#phase = { at: "told", afterwards };
    return [{ type: "error", error }];
  }

  get #afterwards(): Afterwards | undefined {
    return "afterwards" in this.#phase ? this.#phase.afterwards : undefined;
  }

  get #answer(): BlockDecoder | undefined {
    return "answer" in this.#phase ? this.#phase.answer : undefined;
  }

  /** The answer as long as its end is not told. */
  get #written(): BlockDecoder | undefined {
    return this.finished ? undefined : this.#answer;
  }

  #checkInit(init: InitMessage): ChatEvent[] {
    const fault = this.finished ? undefined : initFault(init, this.#options);
    if (fault === undefined) return [];
    this.#doubt ??= fault.doubt;
    return this.fail(fault.error, "goes-on");
  }

  #decodeStreamEvent(event: ApiStreamEvent): ChatEvent[] {
    if (event.type === "message_start") return this.#startMessage(event.message);
    const answer = this.#written;
    if (answer === undefined) {
      const isEnd = event.type === "message_delta" && typeof event.delta.stop_reason === "string";
      return isEnd && this.#phase.at === "waiting" ? this.fail(partOfAnswer("its beginning"), "goes-on") : [];
    }
    switch (event.type) {
      case "content_block_start":
        return answer.start(event.content_block);
      case "content_block_delta":
        return answer.delta(event.delta);
      case "content_block_stop":
        return answer.end();
      case "message_delta":
        return this.#messageDelta(answer, event);
      case "message_stop":
        // With a call in it the CLI would wait for its result, and we for the end that the client is told.
        return answer.calls.length > 0 && !this.#isBroken && this.#phase.at === "writing"
          ? this.fail(partOfAnswer("its end"), "goes-on")
          : [];
    }
  }

  #startMessage({ id, model, usage }: Extract<ApiStreamEvent, { type: "message_start" }>["message"]): ChatEvent[] {
    if (this.finished) {
      // Where it was told to stop it may have begun already.
      if (!this.mustInterrupt) this.#doubt ??= "a second answer";
      return [];
    }
    const before = this.#written;
    // For structured output the CLI asks again after an answer in plain text, or one that violates the schema.
    if (before?.isBinding) {
      const message = "The answer broke off and was begun anew; the rest is not delivered.";
      return this.fail(new ApiError("upstream_error", message), "goes-on");
    }
    const answer = new BlockDecoder(this.#names, this.#options.output, before?.nextBlock ?? 0);
    this.#phase = { at: "writing", answer };
    this.#isBroken = false;
    this.#spent = this.usage;
    this.#usage = updateUsage(NO_USAGE, usage);
    if (before) return [];
    // Nothing, rather than zeros, where the API says nothing of the prompt.
    return [
      { type: "response-start", id, model, ...(typeof usage.input_tokens === "number" && { usage: this.#usage }) },
    ];
  }

  /** The CLI tells the model that its structured output violates the schema, often while the model still writes. */
  #checkOutput({ message: { content } }: UserMessage): ChatEvent[] {
    const answer = this.#written;
    if (answer === undefined || typeof content === "string") return [];
    for (const { tool_use_id, is_error } of content) if (is_error) answer.refuseOutput(tool_use_id ?? "");
    return this.#phase.at === "checking" ? this.#failIfRefused(answer) : [];
  }

  /** A client that was told structured output that is refused cannot be told another. */
  #failIfRefused({ wroteOutput, output }: BlockDecoder): ChatEvent[] {
    if (this.#options.output !== "as-written" || !wroteOutput || output !== undefined) return [];
    const message = "The model's answer does not satisfy the JSON schema that was asked for.";
    return this.fail(new ApiError("upstream_error", message), "goes-on");
  }

  #messageDelta(answer: BlockDecoder, event: Extract<ApiStreamEvent, { type: "message_delta" }>): ChatEvent[] {
    const { delta, usage } = event;
    const raw = delta.stop_reason;
    // After an error in mid-stream the CLI makes up an end without a stop reason; the `result` tells the truth.
    this.#isBroken = raw === null || raw === undefined;
    if (raw === null || raw === undefined) return [];
    if (usage) this.#usage = updateUsage(this.#usage, usage);
    const left = answer.end();
    const { calls, isAwaited, wroteOutput } = answer;
    const structured = this.#options.output !== undefined;
    const isCut = CLI_WOULD_CONTINUE.has(raw) || (raw === "stop_sequence" && wroteOutput);
    // The CLI checks it, or asks for it, before the turn is over. What was cut fits no schema, and must not be judged by one.
    if (structured && calls.length === 0 && !isCut) {
      this.#phase = { at: "checking", answer };
      return [...left, ...this.#failIfRefused(answer)];
    }
    const isCalling = raw === "tool_use" && calls.length > 0;
    const goesOn = structured || calls.length > 0 || cliGoesOnAfter(raw, answer);
    const afterwards = isCalling && isAwaited ? { calls } : goesOn ? "goes-on" : "remembers";
    this.#phase = { at: "told", afterwards, answer };
    const stopText = delta.stop_sequence ?? undefined;
    const reason = {
      unified: isCalling ? "tool-calls" : (FINISH_REASONS.get(raw) ?? "stop"),
      raw,
      ...(stopText && { stopText }),
    } as const;
    const finish = { type: "finish", reason, usage: this.usage, ...nativeEnd(event) } as const;
    return [...left, ...answer.releaseOutput({ isCut }), finish];
  }

  #decodeResult(result: ResultMessage): ChatEvent[] {
    const events = this.#endAnswer(result);
    const isAsTold = this.clean && !isFailed(result) && (this.#options.isResumed === true || result.num_turns === 1);
    const afterwards = this.mustInterrupt ? "goes-on" : isAsTold ? "remembers" : "differs";
    this.#phase = { ...this.#phase, at: "ended", afterwards };
    return events;
  }

  /** What a turn ends with whose answer was not told to its end. */
  #endAnswer(result: ResultMessage): ChatEvent[] {
    if (this.finished) return [];
    const answer = this.#written;
    const { now, output } = this.#options;
    if (result.is_error) {
      return this.fail(resultError({ result, notice: this.#notice, rateLimit: this.#rateLimit, now: now() }));
    }
    if (answer?.output !== undefined) {
      this.#phase = { at: "told", afterwards: "differs" };
      const finish = { type: "finish", reason: { unified: "stop", raw: "tool_use" }, usage: this.usage } as const;
      return [...answer.releaseOutput({ isCut: false }), finish];
    }
    if (answer && output !== undefined) return this.fail(noStructuredOutput());
    return this.fail(new ApiError("cli_failed", "The Claude CLI ended the turn without an answer of the model."));
  }
}

/**
 * After an answer without any text, too, the CLI asks once more, unless it was paused, and up to twice more for a call that was announced and
 * not made; of a call alone, without its result, it keeps nothing.
 */
function cliGoesOnAfter(raw: string, { kept }: BlockDecoder): boolean {
  if (raw === "tool_use") return true;
  if (raw === "pause_turn") return kept === "nothing";
  return CLI_WOULD_CONTINUE.has(raw) || kept !== "text";
}

/** An answer that does not end with a text is an error to the CLI, which it remembers like any other; then it says that it has completed it. */
function isFailed({ is_error, subtype, terminal_reason }: ResultMessage): boolean {
  return is_error && !(subtype === "error_during_execution" && terminal_reason === "completed");
}
