import type { SseItem } from "../sse.ts";
import type { ResponseEvent } from "./encode-response.ts";

/** The events of one response as they are written, for readers that come when they like. */
export class EventLog {
  readonly #items: SseItem[] = [];
  #characters = 0;
  #isComplete = false;
  #written = Promise.withResolvers<void>();

  /** How many events there are so far. */
  get length(): number {
    return this.#items.length;
  }

  get characters(): number {
    return this.#characters;
  }

  /** The events' numbers count from 0, so an event's number is its place. */
  append(events: readonly ResponseEvent[]): void {
    for (const event of events) {
      const data = JSON.stringify(event);
      this.#items.push({ event: event.type, data });
      this.#characters += data.length;
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
