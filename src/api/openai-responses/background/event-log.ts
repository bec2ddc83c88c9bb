import type { SseItem } from "../../answer/sse.ts";
import type { ResponseEvent } from "../encode/response.ts";

/** The events of one response as they are written, for readers that come when they like. */
export class EventLog {
  readonly #items: SseItem[] = [];
  characters = 0;
  #isComplete = false;
  #written = Promise.withResolvers<void>();

  /** How many events there are so far. */
  get length(): number {
    return this.#items.length;
  }

  /** The events' numbers count from 0, so an event's number is its place. */
  append(events: readonly ResponseEvent[]): void {
    for (const event of events) {
      const data = JSON.stringify(event);
      this.#items.push({ event: event.type, data });
      this.characters += data.length;
    }
    this.#wake();
  }

  end(): void {
    this.#isComplete = true;
    this.#wake();
  }

  /** What follows the event of that number: what is written already, then what comes, until the end. */
  async *after(sequenceNumber: number): AsyncGenerator<SseItem> {
    for (let next = sequenceNumber + 1; ; next++) {
      while (next >= this.#items.length && !this.#isComplete) await this.#written.promise;
      const item = this.#items[next];
      if (item === undefined) return;
      yield item;
    }
  }

  #wake(): void {
    this.#written.resolve();
    this.#written = Promise.withResolvers();
  }
}

type EventLogLimits = {
  /** Of all events that are kept. */
  readonly maxCharacters: number;
  /** After a response's end. */
  readonly maxAgeMs: number;
};

/** OpenAI, too, keeps what belongs to a background response for about ten minutes. */
const LIMITS: EventLogLimits = { maxCharacters: 64 * 1024 * 1024, maxAgeMs: 10 * 60 * 1000 };

/**
 * The events of responses that are streamed from the background, in memory. What is still written is kept, and bounded by how much
 * the backend writes at once; of what has ended, the oldest gives way.
 */
export class EventLogs {
  readonly #limits: EventLogLimits;
  readonly #now: () => number;
  /** Those that have ended in the order in which they did. */
  readonly #logs = new Map<string, { readonly log: EventLog; readonly endedAt?: number }>();

  constructor(limits: Partial<EventLogLimits> = {}, now: () => number = Date.now) {
    this.#limits = { ...LIMITS, ...limits };
    this.#now = now;
  }

  open(id: string): EventLog {
    this.#makeRoom();
    const log = new EventLog();
    this.#logs.set(id, { log });
    return log;
  }

  get(id: string): EventLog | undefined {
    this.#makeRoom();
    return this.#logs.get(id)?.log;
  }

  end(id: string): void {
    const { log, endedAt } = this.#logs.get(id) ?? {};
    if (log === undefined || endedAt !== undefined) return;
    log.end();
    this.#logs.delete(id);
    this.#logs.set(id, { log, endedAt: this.#now() });
    this.#makeRoom();
  }

  delete(id: string): void {
    this.end(id);
    this.#logs.delete(id);
  }

  #makeRoom(): void {
    let characters = this.#logs.values().reduce((total, { log }) => total + log.characters, 0);
    for (const [id, { log, endedAt }] of this.#logs) {
      if (endedAt === undefined) continue;
      const isOld = this.#now() - endedAt > this.#limits.maxAgeMs;
      if (!isOld && characters <= this.#limits.maxCharacters) return;
      this.#logs.delete(id);
      characters -= log.characters;
    }
  }
}
