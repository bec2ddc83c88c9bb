import type { ChatEvent, Finish, Usage } from "../../../core/event.ts";
import { encodeUsage, sumUsage } from "../../answer/openai-usage.ts";
import { openAiErrorBody } from "../../errors/openai-error.ts";
import { ChoiceDeltas } from "./choice-deltas.ts";
import { type CallShape, completionId, encodeFinishReason } from "./completion.ts";

export type StreamOptions = {
  /** Seconds since the epoch; the same in every chunk. */
  readonly created: number;
  readonly includeUsage: boolean;
  readonly callShape: CallShape;
  readonly customTools?: ReadonlySet<string>;
  readonly choices: number;
};

/** Events in, each with the choice it belongs to; the `data` of server-sent events out. Without I/O, clock or randomness. */
export class ChatStreamEncoder {
  readonly #options: StreamOptions;
  readonly #deltas: readonly ChoiceDeltas[];
  readonly #usages: Usage[] = [];
  #head: object | undefined;
  /** The text of a chunk before its choices. */
  #beginning = "{";

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#deltas = Array.from(
      { length: options.choices },
      () => new ChoiceDeltas(options.callShape, options.customTools),
    );
  }

  push(event: ChatEvent, choice: number): string[] {
    // Nothing follows: a `[DONE]` or a finish reason would make a broken answer look complete.
    if (event.type === "error") return [JSON.stringify(openAiErrorBody(event.error))];
    if (event.type === "finish") return [...this.#deltasOf(event, choice), ...this.#finish(event, choice)];
    // All chunks share one head: that of the choice that began first.
    if (event.type === "response-start" && this.#head === undefined) {
      const { created } = this.#options;
      this.#head = { id: completionId(event.id), object: "chat.completion.chunk", created, model: event.model };
      this.#beginning = `${JSON.stringify(this.#head).slice(0, -1)},`;
    }
    return this.#deltasOf(event, choice);
  }

  #deltasOf(event: ChatEvent, choice: number): string[] {
    return (this.#deltas[choice]?.push(event) ?? []).map((delta) => this.#chunk(choice, delta));
  }

  /** Put together as text: of thousands of chunks only the delta differs. */
  #chunk(index: number, delta: object, finishReason: string | null = null): string {
    const end = `"logprobs":null,"finish_reason":${JSON.stringify(finishReason)}}]${this.#options.includeUsage ? ',"usage":null' : ""}}`;
    return `${this.#beginning}"choices":[{"index":${index},"delta":${JSON.stringify(delta)},${end}`;
  }

  #finish({ reason, usage }: Finish, choice: number): string[] {
    this.#usages.push(usage);
    const last = this.#chunk(choice, {}, encodeFinishReason(reason, this.#options.callShape));
    if (this.#usages.length < this.#options.choices) return [last];
    if (!this.#options.includeUsage) return [last, "[DONE]"];
    return [last, JSON.stringify({ ...this.#head, choices: [], usage: encodeUsage(sumUsage(this.#usages)) }), "[DONE]"];
  }
}
