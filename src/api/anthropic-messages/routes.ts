import { Elysia } from "elysia";
import { collect } from "../../core/collect.ts";
import type { ChatEvent } from "../../core/event.ts";
import { inTurns } from "../../core/pace.ts";
import { startOf, turnController } from "../answer/first-event.ts";
import { type SseItem, sseResponse, typedItem } from "../answer/sse.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { withModel } from "../fields/shared-fields.ts";
import { unmetHeaders } from "../fields/unmet-fields.ts";
import { lenientSchema } from "../lenient/lenient-schema.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { standardSchema } from "../validation/standard-schema.ts";
import { countTokensRoute } from "./count-tokens.ts";
import { decodeRequest } from "./decode/request.ts";
import { encodeResult } from "./encode/message.ts";
import { MessageStreamEncoder } from "./encode/stream.ts";
import { normalizeBody } from "./normalize/body.ts";
import { PARAMETERS } from "./parameters.ts";
import { MessagesBody } from "./wire/schema.ts";

/** Of what a model may not take. */
const NAMES = {
  thinking: "messages.content.thinking",
  effort: "output_config.effort",
  "serial-calls": "tool_choice.disable_parallel_tool_use",
} as const;

const BODY = standardSchema(MessagesBody, describeFields(MessagesBody, PARAMETERS));

/** POST /v1/messages, and /v1/messages/count_tokens. */
export function anthropicMessagesRoutes(options: DialectOptions) {
  const { backend, strict = false, webSearch, defaultModel, clients, heartbeatMs, commitAfterMs } = options;
  return new Elysia({ name: "anthropic-messages" }).use(countTokensRoute(options)).post(
    "/v1/messages",
    async ({ body: { body: checked, notes }, request: httpRequest }) => {
      const body = withModel(checked, defaultModel);
      const turn = turnController(httpRequest);
      const beta = httpRequest.headers.get("anthropic-beta");
      const decoding = decodeRequest(body, { strict, beta, webSearch });
      const { request, stream, thinking, ignored } = await inTurns(decoding);
      const headers = unmetHeaders(request, { backend, ignored: [...notes, ...ignored], names: NAMES }, strict);
      const answer = { stop: request.stop, thinking };
      const asking = { ...clients?.of(httpRequest), isStreamed: stream };
      const events = backend.run(request, turn.signal, asking);
      if (!stream) {
        const message = encodeResult(await collect(events), answer);
        return Response.json(message, { headers: headers() });
      }
      const started = await startOf(events, (event) => event, commitAfterMs);
      return sseResponse(encodeAll(started, new MessageStreamEncoder(answer)), {
        onAbandon: () => turn.abort(),
        headers: headers(),
        heartbeatMs,
        heartbeat: PING,
      });
    },
    {
      body: lenientSchema(BODY, strict ? undefined : normalizeBody),
      detail: { summary: "Answer a conversation, in Anthropic's own form", tags: ["Anthropic"] },
    },
  );
}

const PING = typedItem({ type: "ping" });

async function* encodeAll(events: AsyncIterable<ChatEvent>, encoder: MessageStreamEncoder): AsyncGenerator<SseItem> {
  for await (const event of events) for (const told of encoder.push(event)) yield typedItem(told);
}
