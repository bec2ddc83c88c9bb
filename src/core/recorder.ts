import type { Backend, RunOptions } from "./backend.ts";
import { ApiError, faultOf } from "./error.ts";
import type { ChatEvent, Usage } from "./event.ts";
import { isJsonObject } from "./json.ts";
import type { ChatRequest } from "./request.ts";
import type { Caller, Served, Spending, TurnRecord } from "./turn-record.ts";
import type { RunningTurn } from "./usage.ts";

/** Of a turn that no server told whose it is. */
const NOBODY: Caller = { dialect: "chat", client: "unknown" };

type Clock = { readonly now: () => number; readonly date: () => number };
const CLOCK: Clock = { now: () => performance.now(), date: Date.now };

/** Takes note of one turn while its events pass. */
export class TurnRecorder {
  readonly id = crypto.randomUUID();
  readonly #clock: Clock;
  readonly #model: string;
  readonly #caller: Caller;
  readonly #at: number;
  readonly #startedAt: number;
  #served: Served | undefined;
  #waitedMs: number | undefined;
  #firstTokenMs: number | undefined;
  #answered: string | undefined;
  #usage: Usage | undefined;
  #characters = 0;
  #spent: Spending = {};

  constructor({ model }: Pick<ChatRequest, "model">, caller: Caller = NOBODY, clock: Clock = CLOCK) {
    this.#clock = clock;
    this.#model = model;
    this.#caller = caller;
    this.#at = clock.date();
    this.#startedAt = clock.now();
    caller.onBegun?.();
  }

  get running(): RunningTurn {
    const isAnswering = this.#firstTokenMs !== undefined;
    const state = isAnswering ? "answering" : this.#served ? "asked" : "waiting";
    return {
      id: this.id,
      caller: withoutListeners(this.#caller),
      ...{ model: this.#model, at: this.#at, state },
      promptTokens: this.#usage && this.#usage.inputTokens + this.#usage.cacheReadTokens + this.#usage.cacheWriteTokens,
      characters: this.#characters,
    };
  }

  served(how: Served): void {
    this.#served = how;
    this.#waitedMs ??= this.#elapsed();
  }

  spent(more: Spending): void {
    this.#spent = addSpending(this.#spent, more);
  }

  /** Returns the record once the event tells the outcome. */
  push(event: ChatEvent): TurnRecord | undefined {
    switch (event.type) {
      case "response-start":
        this.#answered = event.model;
        this.#usage = event.usage;
        return undefined;
      case "finish":
        this.#usage = event.usage;
        return this.end(event.reason.unified);
      case "error":
        return this.end(event.error.code);
      case "native-event":
        return undefined;
      case "text-delta":
      case "reasoning-delta":
        this.#characters += event.text.length;
        break;
      case "tool-call-delta":
        this.#characters += event.args.length;
    }
    this.#firstTokenMs ??= this.#elapsed();
    return undefined;
  }

  /** Of one that is given up, the tokens that were told until then are all that is known. */
  end(outcome: TurnRecord["outcome"]): TurnRecord {
    const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0 } = this.#usage ?? {};
    const record: TurnRecord = {
      at: this.#at,
      caller: withoutListeners(this.#caller),
      model: outcome === "model_not_found" ? UNKNOWN_MODEL : this.#model,
      answered: this.#answered,
      ...{ inputTokens, cacheReadTokens, cacheWriteTokens },
      outputTokens: this.#usage?.outputTokens ?? 0,
      reasoningTokens: this.#usage?.reasoningTokens ?? 0,
      searches: this.#usage ? searchesOf(this.#usage) : 0,
      outcome,
      fault: faultOf(outcome),
      waitedMs: this.#waitedMs,
      firstTokenMs: this.#firstTokenMs,
      totalMs: this.#elapsed(),
      served: this.#served,
      costUsd: this.#spent.costUsd,
      // Of one that did not answer, it would be the process' last word on another.
      isExtraUsage: this.#answered === undefined ? undefined : this.#spent.isExtraUsage,
    };
    this.#caller.onTurn?.(record);
    return record;
  }

  #elapsed(): number {
    return Math.round(this.#clock.now() - this.#startedAt);
  }
}

/** Instead of a name that may be anything. */
const UNKNOWN_MODEL = "unknown";

/** What both took together. */
function addSpending(some: Spending, more: Spending): Spending {
  const knowsCost = some.costUsd !== undefined || more.costUsd !== undefined;
  return {
    costUsd: knowsCost ? (some.costUsd ?? 0) + (more.costUsd ?? 0) : undefined,
    isExtraUsage: some.isExtraUsage || more.isExtraUsage ? true : (more.isExtraUsage ?? some.isExtraUsage),
  };
}

function withoutListeners({ dialect, client, key }: Caller): TurnRecord["caller"] {
  return { dialect, client, key };
}

/** How often the model has searched the web, by the API's own count. */
export function searchesOf({ native }: Usage): number {
  const counts = native?.server_tool_use;
  const count = counts !== undefined && isJsonObject(counts) ? counts.web_search_requests : 0;
  return typeof count === "number" ? count : 0;
}

const CANCELLED: ChatEvent = {
  type: "error",
  error: new ApiError("cancelled", "The request was cancelled at the server."),
};

type RecordingBackend = Backend & {
  /** The turns that are not over yet, the oldest first. */
  running(): readonly RunningTurn[];
  /** Ends a turn as if its client had left, and tells the client so; false when none of that id runs. */
  cancel(id: string): boolean;
};

/** Told of a turn, and of what one that it was told of took beside what its record says. */
type TurnSink = (turn: TurnRecord, more?: Spending) => void;

/** The backend as it is, with each of its turns recorded. */
export function recordTurns(backend: Backend, sink: TurnSink): RecordingBackend {
  const running = new Map<TurnRecorder, AbortController>();
  async function* run(request: ChatRequest, signal: AbortSignal, options: RunOptions = {}): AsyncGenerator<ChatEvent> {
    const turn = new TurnRecorder(request, options.caller);
    const cancelling = new AbortController();
    running.set(turn, cancelling);
    let record: TurnRecord | undefined;
    const tell = (told: TurnRecord) => {
      record = told;
      running.delete(turn);
      sink(told);
    };
    const onSpent = (spent: Spending) => {
      options.onSpent?.(spent);
      if (record === undefined) turn.spent(spent);
      else if (record.answered !== undefined) sink(record, spent);
    };
    const onServed = (how: Served) => {
      turn.served(how);
      options.onServed?.(how);
    };
    try {
      const ending = AbortSignal.any([signal, cancelling.signal]);
      for await (const given of backend.run(request, ending, { ...options, onServed, onSpent })) {
        const isCancelled = given.type === "error" && given.error.code === "client_closed" && !signal.aborted;
        const event: ChatEvent = isCancelled && cancelling.signal.aborted ? CANCELLED : given;
        const told = turn.push(event);
        if (told) tell(told);
        yield event;
      }
    } finally {
      // Its reader has left.
      if (record === undefined) tell(turn.end("client_closed"));
    }
  }
  return {
    run,
    check: (requests, asking) => backend.check(requests, asking),
    countTokens: (request, signal, asking) => backend.countTokens(request, signal, asking),
    checkModel: (name) => backend.checkModel(name),
    unmet: (request) => backend.unmet(request),
    models: () => backend.models(),
    model: (name) => backend.model(name),
    limits: () => backend.limits(),
    health: () => backend.health(),
    running: () => [...running.keys()].map((turn) => turn.running),
    cancel(id) {
      const found = [...running].find(([turn]) => turn.id === id);
      found?.[1].abort();
      return found !== undefined;
    },
  };
}
