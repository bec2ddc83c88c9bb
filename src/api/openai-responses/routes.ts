import { Elysia } from "elysia";
import type { ChatEvent } from "../../core/event.ts";
import { COMMIT_AFTER_MS, startOf, turnController } from "../answer/first-event.ts";
import { type SseItem, sseResponse, typedItem } from "../answer/sse.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { BackgroundRuns } from "./background/runs.ts";
import { compactRoute } from "./compact.ts";
import { acceptedResponse } from "./decode/accept-body.ts";
import { encodeEvents, type Keep, type ResponseEncoder } from "./encode/response.ts";
import { inputTokensRoute } from "./input-tokens.ts";
import { prepareResponse } from "./prepare-response.ts";
import { responsesSocketRoute } from "./socket/session.ts";
import { storedRoutes } from "./store/routes.ts";
import { type ResponseStore, storeOf } from "./store/store.ts";
import type { ResponseObject } from "./wire/response.ts";

export type ResponsesRouteOptions = DialectOptions & {
  readonly store: ResponseStore;
  /** What runs in the background. */
  readonly background?: BackgroundRuns;
};

/** POST /v1/responses, and what was stored of it. */
export function openaiResponsesRoutes(options: ResponsesRouteOptions) {
  const {
    backend,
    store,
    background = new BackgroundRuns(),
    clients,
    heartbeatMs,
    commitAfterMs = COMMIT_AFTER_MS,
  } = options;
  const plugins = new Elysia()
    .use(storedRoutes({ store, clients, background, heartbeatMs, strict: options.strict ?? false }))
    .use(inputTokensRoute(options))
    .use(compactRoute(options))
    .use(responsesSocketRoute(options));
  return new Elysia({ name: "openai-responses" }).use(plugins).post(
    "/v1/responses",
    async ({ body: accepted, request }) => {
      const turn = turnController(request);
      const asker = clients?.of(request) ?? {};
      const { headers, stream, encoder, keep, ...prepared } = await prepareResponse(
        accepted,
        { ...options, store: storeOf(asker.owner, store) },
        turn.signal,
      );
      const asking = { ...asker, isStreamed: stream };
      if (accepted.body.background) {
        backend.checkModel(prepared.request.model);
        // Its end is not that of this request.
        const turn = new AbortController();
        const run = { encoder, turn, keep };
        const admitted = Promise.withResolvers<void>();
        const asked = backend.run(prepared.request, turn.signal, { ...asking, onAdmitted: admitted.resolve });
        setTimeout(admitted.resolve, commitAfterMs).unref();
        const events = await startOf(asked, (event) => event, admitted.promise);
        if (!stream) return Response.json(background.start(run, events), { headers: headers() });
        const log = background.startStreamed(run, events);
        return sseResponse(log.after(-1), { onAbandon: () => {}, headers: headers(), heartbeatMs });
      }
      const events = backend.run(prepared.request, turn.signal, asking);
      if (!stream) {
        const response = await collectResponse(events, encoder, keep);
        return Response.json(response, { headers: headers() });
      }
      const started = await startOf(events, (event) => event, commitAfterMs);
      return sseResponse(tell(started, encoder, keep), {
        onAbandon: () => turn.abort(),
        headers: headers(),
        heartbeatMs,
      });
    },
    {
      body: acceptedResponse(options.strict ?? false),
      detail: { summary: "Answer a conversation as a response, which may be stored", tags: ["OpenAI"] },
    },
  );
}

/** The response of a stream that is not told. Throws the stream's ApiError. */
async function collectResponse(
  events: AsyncIterable<ChatEvent>,
  encoder: ResponseEncoder,
  keep: Keep,
): Promise<ResponseObject> {
  for await (const event of events) {
    if (event.type === "error") throw event.error;
    encoder.push(event);
  }
  return keep(encoder.response) ? encoder.response : encoder.notStored();
}

async function* tell(events: AsyncIterable<ChatEvent>, encoder: ResponseEncoder, keep: Keep): AsyncGenerator<SseItem> {
  for await (const event of encodeEvents(events, encoder, keep)) yield typedItem(event);
}
