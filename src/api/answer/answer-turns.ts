import type { ChatResult } from "../../core/collect.ts";
import type { ChatEvent } from "../../core/event.ts";
import type { ChatRequest } from "../../core/request.ts";
import type { DialectOptions } from "../dialect-options.ts";
import type { HeadersOf } from "../fields/unmet-fields.ts";
import { type ChoiceEvent, collectChoices, mergeChoices } from "./choices.ts";
import { startOf } from "./first-event.ts";
import { sseResponse } from "./sse.ts";

/** Events in, each with the choice it belongs to; the `data` of server-sent events out. */
type StreamEncoder = { push(event: ChatEvent, choice: number): string[] };

export type Answer = {
  /** The turns, each of which makes one choice. */
  readonly requests: readonly ChatRequest[];
  /** The HTTP request that asks for them. */
  readonly request: Request;
  /** Aborted when the client leaves, and by us when the turns are given up. */
  readonly turn: AbortController;
  readonly headers: HeadersOf;
  /** Encodes an answer that is streamed; undefined: it is not. */
  readonly encoder: StreamEncoder | undefined;
  readonly encodeResults: (results: [ChatResult, ...ChatResult[]]) => object;
};

/** Asks the turns of a request and answers with what they say, streamed or in one piece. Throws an error that comes early enough. */
export async function answerTurns(
  { requests, request, turn, headers, encoder, encodeResults }: Answer,
  { backend, clients, heartbeatMs, commitAfterMs }: DialectOptions,
): Promise<Response> {
  // Before any is asked and paid for: the others would be given up with the one that is refused.
  const asking = { ...clients?.of(request), isStreamed: encoder !== undefined };
  if (requests.length > 1) backend.check(requests, asking);
  const abandon = () => turn.abort();
  const turns = longestFirst(requests, turn.signal, (asked) => backend.run(asked, turn.signal, asking));
  if (encoder === undefined) {
    const results = await collectChoices(turns, abandon);
    return Response.json(encodeResults(results), { headers: headers() });
  }
  const started = await startOf(mergeChoices(turns, abandon), ({ event }) => event, commitAfterMs);
  return sseResponse(encodeAll(started, encoder), { onAbandon: abandon, headers: headers(), heartbeatMs });
}

/** What has fewer characters in all than a model's context has tokens is never too long. */
const MAY_BE_TOO_LONG = 150_000;

/**
 * The turns, of which the longest is asked alone until its answer begins, where it may be too long for the model: of several prompts the API
 * would refuse that one, and have the others paid.
 */
function longestFirst(
  requests: readonly ChatRequest[],
  signal: AbortSignal,
  run: (request: ChatRequest) => AsyncIterable<ChatEvent>,
): AsyncIterable<ChatEvent>[] {
  const sizes = requests.length > 1 ? requests.map(({ turns }) => JSON.stringify(turns).length) : [];
  const largest = Math.max(0, ...sizes);
  if (largest < MAY_BE_TOO_LONG) return requests.map(run);
  const first = sizes.indexOf(largest);
  const begun = Promise.withResolvers<void>();
  return requests.map((request, index) =>
    index === first ? tellingStart(run(request), begun.resolve) : after(begun.promise, signal, () => run(request)),
  );
}

async function* tellingStart(events: AsyncIterable<ChatEvent>, onStart: () => void): AsyncGenerator<ChatEvent> {
  try {
    for await (const event of events) {
      if (event.type !== "error") onStart();
      yield event;
    }
  } finally {
    // After an error, whoever reads has given up all turns before the others are asked.
    setTimeout(onStart);
  }
}

async function* after(
  begun: Promise<void>,
  signal: AbortSignal,
  run: () => AsyncIterable<ChatEvent>,
): AsyncGenerator<ChatEvent> {
  await begun;
  // Then nobody reads it.
  if (!signal.aborted) yield* run();
}

async function* encodeAll(events: AsyncIterable<ChoiceEvent>, encoder: StreamEncoder): AsyncGenerator<string> {
  for await (const { event, choice } of events) yield* encoder.push(event, choice);
}
