import type { ChatEvent, Finish, Usage } from "../../core/event.ts";
import { openAiErrorBody } from "../openai-error.ts";
import { encodeUsage, sumUsage } from "../openai-usage.ts";
import { choiceOf, type Head, headOf } from "./wire.ts";

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
