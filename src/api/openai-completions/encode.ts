import type { ChatResult } from "../../core/collect.ts";
import type { ChatEvent, Finish, FinishReason, Usage } from "../../core/event.ts";
import { encodeUsage, sumUsage } from "../answer/openai-usage.ts";
import { openAiErrorBody } from "../errors/openai-error.ts";

const FINISH_REASONS = {
  stop: "stop",
  length: "length",
  "content-filter": "content_filter",
  // Nothing is offered to be called; if it were, this is what an answer that just ended says.
  "tool-calls": "stop",
} as const;

type Head = { id: string; object: "text_completion"; created: number; model: string };

/** What an answer and every chunk of a stream begin with. */
function headOf({ id, model }: { readonly id: string; readonly model: string }, created: number): Head {
  return { id: `cmpl-${id.replace(/^msg_/, "")}`, object: "text_completion", created, model };
}

function choiceOf(text: string, index: number, reason: FinishReason | undefined) {
  return { text, index, logprobs: null, finish_reason: reason ? FINISH_REASONS[reason.unified] : null };
}

type ResultOptions = {
  /** Seconds since the epoch. */
  readonly created: number;
  /** What is put before the text of each choice. */
  readonly echoes: readonly string[];
};

/** Finished completions, one choice each, as a `text_completion`. It goes by the id and model of the first. */
export function encodeResult(results: readonly [ChatResult, ...ChatResult[]], { created, echoes }: ResultOptions) {
  return {
    ...headOf(results[0], created),
    choices: results.map(({ text, finishReason }, index) =>
      choiceOf((echoes[index] ?? "") + text, index, finishReason),
    ),
    usage: encodeUsage(sumUsage(results.map(({ usage }) => usage))),
  };
}

export type StreamOptions = {
  /** Seconds since the epoch; the same in every chunk. */
  readonly created: number;
  readonly includeUsage: boolean;
  /** What is put before the text of each choice; as many as there are choices. */
  readonly echoes: readonly string[];
};

/** Events in, each with the choice it belongs to; the `data` of server-sent events out. Without I/O, clock or randomness. */
export class CompletionStreamEncoder {
  readonly #options: StreamOptions;
  readonly #usages: Usage[] = [];
  /** All chunks share one: that of the choice that began first. */
  #head: Head | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  push(event: ChatEvent, choice: number): string[] {
    switch (event.type) {
      case "response-start": {
        this.#head ??= headOf(event, this.#options.created);
        const echo = this.#options.echoes[choice] ?? "";
        return echo === "" ? [] : [this.#chunk([choiceOf(echo, choice, undefined)])];
      }
      case "text-delta":
        return [this.#chunk([choiceOf(event.text, choice, undefined)])];
      case "finish":
        return this.#finish(event, choice);
      case "error":
        // Nothing follows: a `[DONE]` or a finish reason would make a broken answer look complete.
        return [JSON.stringify(openAiErrorBody(event.error))];
      default:
        return [];
    }
  }

  #finish({ reason, usage }: Finish, choice: number): string[] {
    this.#usages.push(usage);
    const last = this.#chunk([choiceOf("", choice, reason)]);
    if (this.#usages.length < this.#options.echoes.length) return [last];
    if (!this.#options.includeUsage) return [last, "[DONE]"];
    return [last, JSON.stringify({ ...this.#head, choices: [], usage: encodeUsage(sumUsage(this.#usages)) }), "[DONE]"];
  }

  #chunk(choices: readonly object[]): string {
    return JSON.stringify({ ...this.#head, choices, ...(this.#options.includeUsage ? { usage: null } : {}) });
  }
}
