/**
 * How long a streaming answer waits for its beginning before it commits to status 200: until then a failure gets its true
 * status. Clients give up on a server that sends no headers for long.
 */
export const COMMIT_AFTER_MS = 10_000;

/** Waits for the first event, within bounds, and gives all of them. Throws what `failureOf` finds in the first. */
export async function startOf<Event>(
  events: AsyncIterator<Event>,
  waitMs: number,
  failureOf: (event: Event) => Error | undefined,
): Promise<AsyncGenerator<Event>> {
  const first = events.next();
  const early = await Promise.race([first, Bun.sleep(waitMs)]);
  const failure = early && !early.done ? failureOf(early.value) : undefined;
  if (failure === undefined) return resume(first, events);
  // What else was asked is given up.
  await events.return?.();
  throw failure;
}

async function* resume<Event>(
  first: Promise<IteratorResult<Event>>,
  rest: AsyncIterator<Event>,
): AsyncGenerator<Event> {
  for (let next = await first; !next.done; next = await rest.next()) yield next.value;
}
