import type { ChatEvent } from "../core/event.ts";
import { searchesOf } from "./openai-usage.ts";

/** How often the model has searched the web for each request that is being answered: for the log, once its answer has ended. */
export class SearchLog {
  readonly #searches = new WeakMap<Request, number>();

  of(request: Request): number {
    return this.#searches.get(request) ?? 0;
  }

  add(request: Request, searches: number): void {
    if (searches > 0) this.#searches.set(request, this.of(request) + searches);
  }
}

/** The events of a turn; the searches that it took are noted for its request. */
export async function* noteSearches(
  events: AsyncIterable<ChatEvent>,
  request: Request,
  log: SearchLog | undefined,
): AsyncGenerator<ChatEvent> {
  for await (const event of events) {
    if (event.type === "finish") log?.add(request, searchesOf(event.usage));
    yield event;
  }
}
