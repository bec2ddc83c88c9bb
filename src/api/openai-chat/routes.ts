import { Elysia } from "elysia";
import type { Backend } from "../../core/backend.ts";
import { collect } from "../../core/collect.ts";
import type { ChatEvent } from "../../core/event.ts";
import { sseResponse } from "../sse.ts";
import { standardSchema } from "../standard-schema.ts";
import { type DecodedRequest, decodeRequest } from "./decode-request.ts";
import { encodeResult } from "./encode-result.ts";
import { ChatStreamEncoder } from "./encode-stream.ts";
import { ChatCompletionBody } from "./schema.ts";

/** Names the request's fields that had no effect. */
export const IGNORED_HEADER = "x-claude-max-api-ignored";

/**
 * How long a streaming answer waits for its beginning before it commits to status 200: until then a failure gets its true
 * status. Clients give up on a server that sends no headers for long.
 */
const COMMIT_AFTER_MS = 10_000;

export type ChatRouteOptions = {
  readonly backend: Backend;
  readonly heartbeatMs?: number;
  readonly commitAfterMs?: number;
};

/** POST /v1/chat/completions. */
export function openaiChatRoutes({ backend, heartbeatMs, commitAfterMs = COMMIT_AFTER_MS }: ChatRouteOptions) {
  return new Elysia({ name: "openai-chat" }).post(
    "/v1/chat/completions",
    async ({ body, request }) => {
      const decoded = decodeRequest(body);
      const turn = new AbortController();
      request.signal.addEventListener("abort", () => turn.abort(), { once: true });
      // A listener added too late is never called.
      if (request.signal.aborted) turn.abort();
      const events = backend.run(decoded.request, turn.signal);
      const created = Math.floor(Date.now() / 1000);
      const headers = ignoredHeader(decoded);
      if (!decoded.stream) return Response.json(encodeResult(await collect(events), created), { headers });

      const started = await startOf(events, commitAfterMs);
      const encoder = new ChatStreamEncoder({ created, includeUsage: decoded.includeUsage });
      return sseResponse(encodeAll(started, encoder), { onAbandon: () => turn.abort(), headers, heartbeatMs });
    },
    { body: standardSchema(ChatCompletionBody) },
  );
}

/** Waits for the first event, within bounds. Throws it when it is an error. */
async function startOf(events: AsyncIterable<ChatEvent>, waitMs: number): Promise<AsyncGenerator<ChatEvent>> {
  const iterator = events[Symbol.asyncIterator]();
  const first = iterator.next();
  const early = await Promise.race([first, Bun.sleep(waitMs)]);
  if (early && !early.done && early.value.type === "error") throw early.value.error;
  return resume(first, iterator);
}

async function* resume(
  first: Promise<IteratorResult<ChatEvent>>,
  rest: AsyncIterator<ChatEvent>,
): AsyncGenerator<ChatEvent> {
  for (let next = await first; !next.done; next = await rest.next()) yield next.value;
}

async function* encodeAll(events: AsyncIterable<ChatEvent>, encoder: ChatStreamEncoder): AsyncGenerator<string> {
  for await (const event of events) yield* encoder.push(event);
}

function ignoredHeader({ ignored }: DecodedRequest): Record<string, string> {
  return ignored.length === 0 ? {} : { [IGNORED_HEADER]: ignored.join(",") };
}
