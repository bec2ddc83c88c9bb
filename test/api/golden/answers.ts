import { anthropicMessagesRoutes } from "../../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../../src/api/openai-completions/routes.ts";
import { openaiResponsesRoutes } from "../../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import type { EventStream } from "../../fixtures/chat-events.ts";
import { EventOrder } from "../../support/event-order.ts";
import { listenWith } from "../openai-chat/chat-server.ts";
import { playing } from "../playing.ts";
import type { Dialect } from "./dialects.ts";

/** How a dialect tells one stream of events. Ids and times that differ from run to run are the same in each. */
export type Answers = { readonly streamed: HttpAnswer; readonly whole: HttpAnswer };

export type HttpAnswer = { readonly status: number; readonly type: string; readonly body: string };

/** A server of all dialects, in front of a backend that plays what is asked of it; `stopServers` ends it. */
export function answering() {
  let current: EventStream | undefined;
  let committed = Promise.withResolvers<void>();
  const { backend } = playing(async function* () {
    if (current?.isLate) await committed.promise;
    yield* current?.events ?? [];
  });
  const options = { backend, commitAfterMs: 1 };
  const { url } = listenWith(
    backend,
    openaiChatRoutes(options),
    openaiCompletionsRoutes(options),
    openaiResponsesRoutes({ ...options, store: new MemoryResponseStore() }),
    anthropicMessagesRoutes(options),
  );

  const ask = async ({ path, fields, wishes }: Dialect, { asksFor }: EventStream, stream: boolean) => {
    committed = Promise.withResolvers<void>();
    const { stream_options, ...whole } = { stream_options: undefined, ...fields };
    const body = { ...whole, ...(stream ? { stream, stream_options } : {}), ...(asksFor ? wishes[asksFor] : {}) };
    const answer = fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    // The headers of a stream come before its first event; an answer in one piece waits for its events.
    const response = stream ? await answer : undefined;
    committed.resolve();
    const { status, headers } = response ?? (await answer);
    const text = await (response ?? (await answer)).text();
    return { status, type: headers.get("content-type") ?? "", body: withoutBridges(withoutChance(text)) };
  };

  return async (dialect: Dialect, stream: EventStream): Promise<Answers> => {
    checkOrder(stream);
    current = stream;
    return { streamed: await ask(dialect, stream, true), whole: await ask(dialect, stream, false) };
  };
}

function checkOrder({ events }: EventStream): void {
  const order = new EventOrder();
  for (const event of events) order.check(event);
  order.end();
}

function withoutChance(body: string): string {
  return body
    .replaceAll(/"(created|created_at|completed_at)":\d+/g, '"$1":1700000000')
    .replaceAll(/\b(resp|msg|rs|fc|ctc|ws)_[0-9a-f]{32}/g, "$1_0123")
    .replaceAll(/"req_\w+"/g, '"req_0123"');
}

/** How often a silence is bridged is a matter of time. */
function withoutBridges(body: string): string {
  return body.replaceAll(/^(: keep-alive|event: ping\ndata: .*)\n\n/gm, "");
}
