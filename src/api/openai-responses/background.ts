import { toApiError } from "../../core/error.ts";
import type { ChatEvent } from "../../core/event.ts";
import type { ResponseEncoder } from "./encode-response.ts";
import type { ResponseObject } from "./wire.ts";

type Keep = (response: ResponseObject) => void;

type Run = { readonly encoder: ResponseEncoder; readonly turn: AbortController; readonly keep: Keep };

/** Responses that are written while nobody waits. How many run at once is for the backend to say. */
export class BackgroundRuns {
  readonly #runs = new Map<string, Run>();

  /** Begins, and returns the response as it is now. `events` are those of the turn that `turn` ends. */
  start(run: Run, events: AsyncIterable<ChatEvent>): ResponseObject {
    const { response } = run.encoder;
    this.#runs.set(response.id, run);
    void this.#follow(response.id, run, events);
    return response;
  }

  /** A response that is still written, as it stands. */
  get(id: string): ResponseObject | undefined {
    return this.#runs.get(id)?.encoder.response;
  }

  /** Gives one up that is still written; what it has so far is kept. */
  cancel(id: string): ResponseObject | undefined {
    const run = this.#runs.get(id);
    if (run === undefined) return undefined;
    this.#runs.delete(id);
    run.encoder.cancel();
    run.keep(run.encoder.response);
    run.turn.abort();
    return run.encoder.response;
  }

  async #follow(id: string, { encoder, keep }: Run, events: AsyncIterable<ChatEvent>): Promise<void> {
    try {
      for await (const event of events) {
        if (!this.#runs.has(id)) return;
        encoder.push(event);
      }
    } catch (thrown) {
      encoder.push({ type: "error", error: toApiError(thrown) });
    }
    if (this.#runs.delete(id)) keep(encoder.response);
  }
}
