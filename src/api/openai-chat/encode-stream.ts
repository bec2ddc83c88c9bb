import type { ApiError } from "../../core/error.ts";
import type { ChatEvent, Finish } from "../../core/event.ts";
import { openAiErrorBody } from "../openai-error.ts";
import { completionId, encodeFinishReason, encodeUsage } from "./wire.ts";

export type StreamOptions = {
  /** Seconds since the epoch; the same in every chunk. */
  readonly created: number;
  readonly includeUsage: boolean;
};

type Head = { id: string; object: "chat.completion.chunk"; created: number; model: string };

/** Events in, the `data` of server-sent events out. A state machine without I/O, clock or randomness. */
export class ChatStreamEncoder {
  readonly #options: StreamOptions;
  #head: Head | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  push(event: ChatEvent): string[] {
    switch (event.type) {
      case "response-start":
        this.#head = {
          id: completionId(event.id),
          object: "chat.completion.chunk",
          created: this.#options.created,
          model: event.model,
        };
        return [this.#delta({ role: "assistant", content: "", refusal: null })];
      case "text-delta":
        return [this.#delta({ content: event.text })];
      case "reasoning-delta":
        // Without a `content` key: some clients take a chunk that has one for the answer.
        return [this.#delta({ reasoning_content: event.text })];
      case "finish":
        return this.#finish(event);
      case "error":
        return this.#error(event.error);
      default:
        return [];
    }
  }

  #delta(delta: object, finishReason: string | null = null): string {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
    return JSON.stringify({ ...this.#head, choices, ...(this.#options.includeUsage ? { usage: null } : {}) });
  }

  #finish({ reason, usage }: Finish): string[] {
    const last = this.#delta({}, encodeFinishReason(reason));
    if (!this.#options.includeUsage) return [last, "[DONE]"];
    return [last, JSON.stringify({ ...this.#head, choices: [], usage: encodeUsage(usage) }), "[DONE]"];
  }

  /** Nothing follows: a `[DONE]` or a finish reason would make a broken answer look complete. */
  #error(error: ApiError): string[] {
    return [JSON.stringify(openAiErrorBody(error))];
  }
}
