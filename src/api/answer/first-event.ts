import type { ChatEvent } from "../../core/event.ts";

/**
 * How long a streaming answer waits for its beginning before it commits to status 200: until then a failure gets its true
 * status. Clients give up on a server that sends no headers for long.
 */
export const COMMIT_AFTER_MS = 10_000;

/** Waits for the first item, no longer than for what else is given. Throws the item's event when that is an error. */
export async function startOf<Item>(
  items: AsyncIterable<Item>,
  eventOf: (item: Item) => ChatEvent,
  wait: number | Promise<void> = COMMIT_AFTER_MS,
): Promise<AsyncGenerator<Item>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  const early = await Promise.race([first, typeof wait === "number" ? Bun.sleep(wait) : wait]);
  const event = early && !early.done ? eventOf(early.value) : undefined;
  if (event?.type === "error") {
    // What else was asked is given up.
    await iterator.return?.();
    throw event.error;
  }
  return resume(first, iterator);
}

async function* resume<Item>(first: Promise<IteratorResult<Item>>, rest: AsyncIterator<Item>): AsyncGenerator<Item> {
  try {
    for (let next = await first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Ends the turns of a request: by itself when the client leaves. */
export function turnController({ signal }: Request): AbortController {
  const turn = new AbortController();
  signal.addEventListener("abort", () => turn.abort(), { once: true });
  // A listener added too late is never called.
  if (signal.aborted) turn.abort();
  return turn;
}
