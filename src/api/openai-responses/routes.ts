import { Elysia } from "elysia";
import type { Backend } from "../../core/backend.ts";
import type { ChatEvent } from "../../core/event.ts";
import { decodeWithImages, type FetchedImages } from "../attachments/decode-with-images.ts";
import type { FetchImage } from "../attachments/load-images.ts";
import { COMMIT_AFTER_MS, startOf } from "../first-event.ts";
import { tellIgnored } from "../ignored-fields.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { type SseItem, sseResponse } from "../sse.ts";
import { standardSchema } from "../standard-schema.ts";
import { turnController } from "../turn-controller.ts";
import { BackgroundRuns } from "./background.ts";
import { decodeRequest } from "./decode-request.ts";
import { ResponseEncoder } from "./encode-response.ts";
import { inputTokensRoute } from "./input-tokens-route.ts";
import { toStored } from "./kept-items.ts";
import { PARAMETERS } from "./parameters.ts";
import { resolveInput } from "./resolve-input.ts";
import { ResponseBody } from "./schema.ts";
import type { ResponseStore } from "./store.ts";
import { storedRoutes } from "./stored-routes.ts";
import { newResponse, type ResponseObject } from "./wire.ts";

export type ResponsesRouteOptions = {
  readonly backend: Backend;
  /** Whether fields without effect are refused. */
  readonly strict?: boolean;
  readonly store: ResponseStore;
  /** Told why a response could not be stored; it is answered all the same. */
  readonly onStoreFailure?: (reason: unknown) => void;
  /** Gets the images that requests name by https URL; undefined when the user turned that off. */
  readonly fetchImage?: FetchImage;
  readonly heartbeatMs?: number;
  readonly commitAfterMs?: number;
};

/** POST /v1/responses, and what was stored of it. */
export function openaiResponsesRoutes(options: ResponsesRouteOptions) {
  const { backend, strict = false, store, onStoreFailure, fetchImage } = options;
  const { heartbeatMs, commitAfterMs = COMMIT_AFTER_MS } = options;
  const background = new BackgroundRuns();
  return new Elysia({ name: "openai-responses" })
    .use(storedRoutes(store, background))
    .use(inputTokensRoute(options))
    .post(
      "/v1/responses",
      async ({ body, request }) => {
        const turn = turnController(request);
        const { items, own } = resolveInput(body, store);
        const decode = (images: FetchedImages) => {
          const decoded = decodeRequest(body, items, images);
          return { ...decoded, headers: tellIgnored(decoded.ignored, strict) };
        };
        const { headers, ...decoded } = await decodeWithImages(decode, fetchImage, turn.signal);
        const id = `resp_${crypto.randomUUID().replaceAll("-", "")}`;
        const encoder = new ResponseEncoder({ ...decoded, response: newResponse(id, now(), body), now });
        const keep = (response: ResponseObject) => {
          try {
            if (response.store) store.put(toStored(response, own));
          } catch (reason) {
            onStoreFailure?.(reason);
          }
        };
        if (body.background) {
          // Its end is not that of this request.
          const turn = new AbortController();
          const events = backend.run(decoded.request, turn.signal);
          return Response.json(background.start({ encoder, turn, keep }, events), { headers });
        }
        const events = backend.run(decoded.request, turn.signal);
        if (!decoded.stream) return Response.json(await collectResponse(events, encoder, keep), { headers });
        const started = await startOf(generate(events), (event) => event, commitAfterMs);
        return sseResponse(tell(started, encoder, keep), { onAbandon: () => turn.abort(), headers, heartbeatMs });
      },
      {
        body: standardSchema(ResponseBody, describeFields(ResponseBody, PARAMETERS)),
        detail: { summary: "Answer a conversation as a response, which may be stored", tags: ["OpenAI"] },
      },
    );
}

const now = () => Math.floor(Date.now() / 1000);

type Keep = (response: ResponseObject) => void;

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
  keep(encoder.response);
  return encoder.response;
}

/** Kept before the client knows that it is complete, and may go on after it. */
async function* tell(events: AsyncIterable<ChatEvent>, encoder: ResponseEncoder, keep: Keep): AsyncGenerator<SseItem> {
  for await (const event of events) {
    const told = encoder.push(event);
    if (event.type === "finish" || event.type === "error") keep(encoder.response);
    for (const each of told) yield { event: each.type, data: JSON.stringify(each) };
  }
}

async function* generate(events: AsyncIterable<ChatEvent>): AsyncGenerator<ChatEvent> {
  yield* events;
}
