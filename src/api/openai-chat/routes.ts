import { Elysia } from "elysia";
import type { Backend } from "../../core/backend.ts";
import { decodeWithImages } from "../attachments/decode-with-images.ts";
import type { FetchImage } from "../attachments/load-images.ts";
import { COMMIT_AFTER_MS, startOf } from "../first-event.ts";
import { ignoredHeader } from "../ignored-fields.ts";
import { sseResponse } from "../sse.ts";
import { standardSchema } from "../standard-schema.ts";
import { turnController } from "../turn-controller.ts";
import { type ChoiceEvent, collectChoices, mergeChoices } from "./choices.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeResult } from "./encode-result.ts";
import { ChatStreamEncoder } from "./encode-stream.ts";
import { ChatCompletionBody } from "./schema.ts";

export type ChatRouteOptions = {
  readonly backend: Backend;
  /** Gets the images that requests name by https URL; undefined when the user turned that off. */
  readonly fetchImage?: FetchImage;
  readonly heartbeatMs?: number;
  readonly commitAfterMs?: number;
};

/** POST /v1/chat/completions. */
export function openaiChatRoutes(options: ChatRouteOptions) {
  const { backend, fetchImage, heartbeatMs, commitAfterMs = COMMIT_AFTER_MS } = options;
  return new Elysia({ name: "openai-chat" }).post(
    "/v1/chat/completions",
    async ({ body, request }) => {
      const turn = turnController(request);
      const abandon = () => turn.abort();
      const decoded = await decodeWithImages((images) => decodeRequest(body, images), fetchImage, turn.signal);
      const { choices, callShape, includeUsage } = decoded;
      const turns = Array.from({ length: choices }, () => backend.run(decoded.request, turn.signal));
      const created = Math.floor(Date.now() / 1000);
      const headers = ignoredHeader(decoded.ignored);
      if (!decoded.stream) {
        const results = await collectChoices(turns, abandon);
        return Response.json(encodeResult(results, { created, callShape }), { headers });
      }
      const started = await startOf(mergeChoices(turns, abandon), ({ event }) => event, commitAfterMs);
      const encoder = new ChatStreamEncoder({ created, includeUsage, callShape, choices });
      return sseResponse(encodeAll(started, encoder), { onAbandon: abandon, headers, heartbeatMs });
    },
    { body: standardSchema(ChatCompletionBody) },
  );
}

async function* encodeAll(events: AsyncIterable<ChoiceEvent>, encoder: ChatStreamEncoder): AsyncGenerator<string> {
  for await (const { event, choice } of events) yield* encoder.push(event, choice);
}
