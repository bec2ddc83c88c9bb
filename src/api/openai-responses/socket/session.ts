import type { Backend } from "../../../core/backend.ts";
import { ApiError, toApiError } from "../../../core/error.ts";
import type { ChatEvent } from "../../../core/event.ts";
import type { TurnRecord } from "../../../core/turn-record.ts";
import type { SocketConnection, SocketSession } from "../../answer/socket.ts";
import type { Asker } from "../../clients.ts";
import { tellEvents } from "../encode/response.ts";
import { type PrepareOptions, prepareResponse } from "../prepare-response.ts";
import type { SharedBudget } from "../store/memory-store.ts";
import { ConnectionStore } from "./connection-store.ts";
import { type ClientMessage, decodeMessage, errorEvent, steeringFailed, streamIdOf } from "./messages.ts";
import { prepareWarmUp, warmUpEvents } from "./warm-up.ts";

export type SocketSessionOptions = Omit<PrepareOptions, "keepsAll"> & {
  readonly backend: Backend;
  /** Whose connection it is. */
  readonly asker: Asker;
  /** For what connections keep without storing it. */
  readonly budget: SharedBudget;
};

/** Responses of one connection that run or wait, as OpenAI has it. */
const MOST_AT_ONCE = 16;
/** RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;

type Create = Extract<ClientMessage, { type: "create" }>;

/**
 * The Responses API on a WebSocket: `response.create` comes, the events of the response go out, as frames of the JSON that a
 * stream has. Requests of one lane (`stream_id`, or none) are answered one after the other, lanes at once.
 */
export class ResponsesSession implements SocketSession {
  readonly #connection: SocketConnection;
  readonly #options: SocketSessionOptions & PrepareOptions;
  readonly #store: ConnectionStore;
  readonly #closing = new AbortController();
  /** The last request of each lane. */
  readonly #lanes = new Map<string | undefined, Promise<void>>();
  #inFlight = 0;
  #isStopping = false;

  constructor(connection: SocketConnection, options: SocketSessionOptions) {
    this.#connection = connection;
    this.#store = new ConnectionStore(options.store, options.budget);
    this.#options = { ...options, store: this.#store, keepsAll: true };
  }

  receive(read: () => unknown): void {
    let message: unknown;
    try {
      message = read();
      const decoded = decodeMessage(message, this.#options.strict ?? false);
      if (decoded.type === "create") this.#enqueue(decoded);
      else void this.#send(steeringFailed(decoded.previousId, decoded.input), undefined);
    } catch (thrown) {
      void this.#refuse(toApiError(thrown), streamIdOf(message), performance.now());
    }
  }

  stop(): void {
    this.#isStopping = true;
    if (this.#inFlight === 0) this.#leave();
  }

  closed(): void {
    this.#closing.abort();
    this.#store.close();
  }

  #leave(): void {
    this.#connection.close(GOING_AWAY, "The server is shutting down.");
  }

  /** Throws when nothing more is begun. */
  #enqueue(create: Create): void {
    if (this.#isStopping)
      throw new ApiError("shutting_down", "The server is shutting down. Try again once it is back.");
    if (this.#inFlight >= MOST_AT_ONCE) {
      const advice = "Wait until one has ended, or open another connection";
      throw new ApiError("queue_full", `${MOST_AT_ONCE} responses are under way on this connection. ${advice}.`);
    }
    this.#inFlight++;
    const { streamId } = create;
    const last = (this.#lanes.get(streamId) ?? Promise.resolve())
      .then(() => this.#answer(create))
      .then(() => {
        this.#inFlight--;
        if (this.#lanes.get(streamId) === last) this.#lanes.delete(streamId);
        if (this.#isStopping && this.#inFlight === 0) this.#leave();
      });
    this.#lanes.set(streamId, last);
  }

  async #answer(create: Create): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const startedAt = performance.now();
    const turns: TurnRecord[] = [];
    try {
      const failure = await this.#run(create, (turn) => turns.push(turn));
      if (failure) this.#forgetPrevious(create);
      this.#connection.report({ what: "response.create", ms: performance.now() - startedAt, error: failure, turns });
    } catch (thrown) {
      this.#forgetPrevious(create);
      await this.#refuse(toApiError(thrown), create.streamId, startedAt);
    }
  }

  /** Open Responses: what only the connection knows is forgotten once going on after it has failed. */
  #forgetPrevious({ accepted }: Create): void {
    const { previous_response_id: previousId } = accepted.body;
    if (previousId) this.#store.forget(previousId);
  }

  /** Returns how the response failed, when it did; throws what fails before it has begun. */
  async #run(create: Create, onTurn: (turn: TurnRecord) => void): Promise<ApiError | undefined> {
    const { signal } = this.#closing;
    const { events, encoder, keep, headers } = await this.#begin(create, signal, onTurn);
    let failure: ApiError | undefined;
    const watched = async function* (): AsyncGenerator<ChatEvent> {
      let hasBegun = false;
      for await (const event of events) {
        if (event.type === "error") {
          if (!hasBegun) throw event.error;
          failure = event.error;
        }
        hasBegun = true;
        yield event;
      }
    };
    // Where a stream has headers, here the first event has them.
    let hasHeaders = false;
    for await (const told of tellEvents(watched(), encoder, keep)) {
      const own = hasHeaders ? {} : headers();
      await this.#send(Object.keys(own).length === 0 ? told : { ...told, headers: own }, create.streamId);
      hasHeaders = true;
    }
    return failure;
  }

  async #begin({ accepted, generate }: Create, signal: AbortSignal, onTurn: (turn: TurnRecord) => void) {
    if (!generate) {
      const prepared = prepareWarmUp(accepted, this.#options);
      const { model } = prepared.encoder.response;
      this.#options.backend.checkModel(model);
      return { ...prepared, events: warmUpEvents(model) };
    }
    const prepared = await prepareResponse(accepted, this.#options, signal);
    const { backend, asker } = this.#options;
    const caller = asker.caller && { ...asker.caller, onTurn };
    return { ...prepared, events: backend.run(prepared.request, signal, { ...asker, caller, isStreamed: true }) };
  }

  async #refuse(error: ApiError, streamId: string | undefined, startedAt: number): Promise<void> {
    this.#connection.report({ what: "response.create", ms: performance.now() - startedAt, error });
    await this.#send(errorEvent(error), streamId);
  }

  #send(event: object, streamId: string | undefined): Promise<void> {
    return this.#connection.send(JSON.stringify(streamId === undefined ? event : { ...event, stream_id: streamId }));
  }
}
