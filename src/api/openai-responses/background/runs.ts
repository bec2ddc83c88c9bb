import { toApiError } from "../../../core/error.ts";
import type { ChatEvent } from "../../../core/event.ts";
import { encodeEvents, type Keep, type ResponseEncoder } from "../encode/response.ts";
import type { ResponseObject } from "../wire/response.ts";
import { type EventLog, EventLogs } from "./event-log.ts";

type Run = { readonly encoder: ResponseEncoder; readonly turn: AbortController; readonly keep: Keep };

/** Responses that are written while nobody waits. How many run at once is for the backend to say. */
export class BackgroundRuns {
  readonly #runs = new Map<string, Run>();
  readonly #logs: EventLogs;

  constructor(logs = new EventLogs()) {
    this.#logs = logs;
  }

  /** Begins, and returns the response as it is now. `events` are those of the turn that `turn` ends. */
  start(run: Run, events: AsyncIterable<ChatEvent>): ResponseObject {
    const { response } = run.encoder;
    this.#begin(run);
    void this.#follow(response.id, run, events);
    return response;
  }

  /** Begins one whose events are kept, so that several readers may follow them, one after the other or at once. */
  startStreamed(run: Run, events: AsyncIterable<ChatEvent>): EventLog {
    const { id } = run.encoder.response;
    const log = this.#logs.open(id);
    log.append(run.encoder.queue());
    this.#begin(run);
    void this.#follow(id, run, events, log);
    return log;
  }

  /** Whether any is still written. */
  get isBusy(): boolean {
    return this.#runs.size > 0;
  }

  /** A response that is still written, as it stands. */
  get(id: string): ResponseObject | undefined {
    return this.#runs.get(id)?.encoder.response;
  }

  /** The events of a response that is streamed, or was not long ago. */
  events(id: string): EventLog | undefined {
    return this.#logs.get(id);
  }

  /** Gives one up that is still written; what it has so far is kept. OpenAI has no event for it: the stream just ends. */
  cancel(id: string): ResponseObject | undefined {
    const run = this.#runs.get(id);
    if (run === undefined) return undefined;
    this.#runs.delete(id);
    run.encoder.cancel();
    if (!run.keep(run.encoder.response)) run.encoder.notStored();
    run.turn.abort();
    this.#logs.end(id);
    return run.encoder.response;
  }

  forget(id: string): void {
    this.cancel(id);
    this.#logs.delete(id);
  }

  /** It is kept from the start, so that what it was asked can be looked at, and that it is known of should it never end. */
  #begin(run: Run): void {
    const { response } = run.encoder;
    this.#runs.set(response.id, run);
    run.keep(response);
  }

  async #follow(id: string, run: Run, events: AsyncIterable<ChatEvent>, log?: EventLog): Promise<void> {
    const keep = (response: ResponseObject) => {
      this.#runs.delete(id);
      return run.keep(response);
    };
    for await (const told of encodeEvents(this.#untilCancelled(id, events), run.encoder, keep)) log?.append([told]);
    this.#logs.end(id);
  }

  async *#untilCancelled(id: string, events: AsyncIterable<ChatEvent>): AsyncGenerator<ChatEvent> {
    try {
      for await (const event of events) {
        if (!this.#runs.has(id)) return;
        yield event;
      }
    } catch (thrown) {
      if (this.#runs.has(id)) yield { type: "error", error: toApiError(thrown) };
    }
  }
}
