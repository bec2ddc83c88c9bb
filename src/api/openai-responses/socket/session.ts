import { Elysia } from "elysia";
import type { Backend } from "../../../core/backend.ts";
import { ApiError, shuttingDown, toApiError } from "../../../core/error.ts";
import type { ChatEvent } from "../../../core/event.ts";
import { inTurns } from "../../../core/pace.ts";
import type { TurnRecord } from "../../../core/turn-record.ts";
import { asksForWebSocket, type SocketConnection, type SocketSession, UpgradeResponse } from "../../answer/socket.ts";
import type { Asker, Clients } from "../../clients.ts";
import { encodeEvents } from "../encode/response.ts";
import { type PrepareOptions, prepareResponse } from "../prepare-response.ts";
import { SharedBudget } from "../store/memory-store.ts";
import { storeOf } from "../store/store.ts";
import { ConnectionStore, MOST_UNSTORED_CHARACTERS } from "./connection-store.ts";
import { type ClientMessage, decodeMessage, errorEvent, steeringFailed, streamIdOf } from "./messages.ts";

type SocketSessionOptions = Omit<PrepareOptions, "keepsAll" | "backend"> & {
  readonly backend: Backend;
  /** Whose connection it is. */
  readonly asker: Asker;
  /** For what connections keep without storing it. */
  readonly budget: SharedBudget;
};

/** Responses of one connection that run or wait, as OpenAI has it. */
const MOST_AT_ONCE = 16;
/** Its messages that are not read yet: small ones are read as they come. */
const MOST_UNREAD = 32;
/** RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;

type Create = Extract<ClientMessage, { type: "create" }>;

/**
 * The Responses API on a WebSocket: `response.create` comes, the events of the response go out, as frames of the JSON that a
 * stream has. Requests of one lane (`stream_id`, or none) are answered one after the other, lanes at once.
 */
class ResponsesSession implements SocketSession {
  readonly #connection: SocketConnection;
  readonly #options: SocketSessionOptions & PrepareOptions;
  readonly #store: ConnectionStore;
  readonly #closing = new AbortController();
  /** The last request of each lane. */
  readonly #lanes = new Map<string | undefined, Promise<void>>();
  /** The messages that have come are taken one after the other, as each of them may take several turns. */
  #received = Promise.resolve();
  #unread = 0;
  #inFlight = 0;
  #isStopping = false;

  constructor(connection: SocketConnection, options: SocketSessionOptions) {
    this.#connection = connection;
    this.#store = new ConnectionStore(options.store, options.budget);
    this.#options = { ...options, store: this.#store, keepsAll: true };
  }

  receive(read: () => Promise<unknown>): void {
    if (this.#unread >= MOST_UNREAD) {
      void this.#refuse(tooMany(`${MOST_UNREAD} messages wait to be read`), undefined, performance.now());
      return;
    }
    this.#unread++;
    // What comes before the server is to stop is answered, however long it takes to read.
    const isLate = this.#isStopping;
    this.#received = this.#received
      .then(() => this.#take(read, isLate))
      .then(() => {
        this.#unread--;
        this.#leaveWhenDone();
      });
  }

  async #take(read: () => Promise<unknown>, isLate: boolean): Promise<void> {
    if (this.#closing.signal.aborted) return;
    let message: unknown;
    try {
      message = await read();
      const decoded = await inTurns(decodeMessage(message, this.#options.strict ?? false));
      if (isLate) throw shuttingDown();
      if (decoded.type === "create") this.#enqueue(decoded);
      else void this.#send(steeringFailed(decoded.previousId, decoded.input), undefined);
    } catch (thrown) {
      void this.#refuse(toApiError(thrown), streamIdOf(message), performance.now());
    }
  }

  stop(): void {
    this.#isStopping = true;
    this.#leaveWhenDone();
  }

  closed(): void {
    this.#closing.abort();
    this.#store.close();
  }

  #leaveWhenDone(): void {
    if (!this.#isStopping || this.#unread > 0 || this.#inFlight > 0) return;
    this.#connection.close(GOING_AWAY, "The server is shutting down.");
  }

  /** Throws when there are too many. */
  #enqueue(create: Create): void {
    if (this.#inFlight >= MOST_AT_ONCE) throw tooMany(`${MOST_AT_ONCE} responses are under way`);
    this.#inFlight++;
    const { streamId } = create;
    const last = (this.#lanes.get(streamId) ?? Promise.resolve())
      .then(() => this.#answer(create))
      .then(() => {
        this.#inFlight--;
        if (this.#lanes.get(streamId) === last) this.#lanes.delete(streamId);
        this.#leaveWhenDone();
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
    for await (const told of encodeEvents(watched(), encoder, keep)) {
      const own = hasHeaders ? {} : headers();
      await this.#send(Object.keys(own).length === 0 ? told : { ...told, headers: own }, create.streamId);
      hasHeaders = true;
    }
    return failure;
  }

  async #begin({ accepted, generate }: Create, signal: AbortSignal, onTurn: (turn: TurnRecord) => void) {
    const { backend, asker } = this.#options;
    const prepared = await prepareResponse(accepted, { ...this.#options, generate }, signal);
    if (!generate) {
      backend.checkModel(prepared.request.model);
      return { ...prepared, events: warmUpEvents(prepared.request.model) };
    }
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

async function* warmUpEvents(model: string): AsyncGenerator<ChatEvent> {
  yield { type: "response-start", id: "", model };
  yield {
    type: "finish",
    reason: { unified: "stop", raw: "end_turn" },
    usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
  };
}

function tooMany(what: string): ApiError {
  const advice = "Wait until one has ended, or open another connection";
  return new ApiError("queue_full", `${what} on this connection. ${advice}.`);
}

const SPOKEN =
  'Each message is a JSON object: {"type": "response.create", …} with the fields of POST /v1/responses, and of its own `stream_id` ' +
  "(a text: requests of one name are answered one after the other, and their events carry it) and `generate` (false: the " +
  "model is not asked). `background` is refused. Each frame of the answer is an event as the stream of POST has it in its data; what is " +
  'wrong with a message is one of {"type": "error", "status", "error"}.';

type SocketRouteOptions = Omit<SocketSessionOptions, "budget" | "asker"> & { readonly clients?: Clients };

/** GET /v1/responses: the same as POST, on a WebSocket. */
export function responsesSocketRoute({ clients, ...parts }: SocketRouteOptions) {
  const options = { ...parts, budget: new SharedBudget(MOST_UNSTORED_CHARACTERS) };
  return new Elysia({ name: "openai-responses-socket" }).get(
    "/v1/responses",
    ({ request }) => {
      const asker = clients?.of(request) ?? {};
      const session = { ...options, asker, store: storeOf(asker.owner, options.store) };
      if (asksForWebSocket(request)) return new UpgradeResponse((socket) => new ResponsesSession(socket, session));
      const instead = "Send a response's request with POST, or look at a stored one with GET /v1/responses/{id}";
      throw new ApiError("upgrade_required", `GET on this path opens a WebSocket. ${instead}.`);
    },
    {
      detail: {
        summary: "Open a WebSocket, on which response.create is answered by the events of a stream",
        description: SPOKEN,
        tags: ["OpenAI"],
        responses: {
          "101": { description: "The WebSocket is open." },
          default: { $ref: "#/components/responses/Error" },
        },
      },
    },
  );
}
