import { Elysia } from "elysia";
import { toApiError } from "../../core/error.ts";
import { answerTurns } from "../answer/answer-turns.ts";
import { turnController } from "../answer/first-event.ts";
import { decodeWithImages } from "../attachments/load-images.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { withModel } from "../fields/shared-fields.ts";
import { unmetHeaders } from "../fields/unmet-fields.ts";
import { type AcceptedBody, acceptedBody } from "./decode/accept-body.ts";
import { decodeRequest } from "./decode/request.ts";
import { encodeResult } from "./encode/completion.ts";
import { ChatStreamEncoder } from "./encode/stream.ts";

/** Of what a model may not take. */
const NAMES = {
  thinking: "messages.reasoning_details",
  effort: "reasoning_effort",
  "think-first": "reasoning_effort",
} as const;

/** POST /v1/chat/completions. */
export function openaiChatRoutes(options: DialectOptions) {
  return new Elysia({ name: "openai-chat" }).post(
    "/v1/chat/completions",
    ({ body, request }) =>
      answer(body, request, options).catch((thrown: unknown) => {
        throw body.inClientsWords(toApiError(thrown));
      }),
    {
      body: acceptedBody(options.strict ?? false),
      detail: { summary: "Answer a conversation, in one piece or streamed", tags: ["OpenAI"] },
    },
  );
}

async function answer(
  { chat, shaped, ignored }: AcceptedBody,
  request: Request,
  options: DialectOptions,
): Promise<Response> {
  const { strict = false, webSearch } = options;
  const body = withModel(chat, options.defaultModel);
  const turn = turnController(request);
  const decoded = await decodeWithImages(
    function* (images) {
      const decoded = yield* decodeRequest(body, { images, strict, webSearch, shaped });
      const forcedCall = decoded.callShape === "function_call" ? "function_call" : "tool_choice";
      const names = { ...NAMES, "forced-call": forcedCall };
      const unmet = { backend: options.backend, ignored: [...ignored, ...decoded.adjusted], names };
      return { ...decoded, headers: unmetHeaders(decoded.request, unmet, strict) };
    },
    options.fetchImage,
    turn.signal,
  );
  const { choices, callShape, customTools, includeUsage, stream, headers } = decoded;
  const created = Math.floor(Date.now() / 1000);
  return answerTurns(
    {
      requests: Array.from({ length: choices }, () => decoded.request),
      request,
      turn,
      headers,
      encoder: stream ? new ChatStreamEncoder({ created, includeUsage, callShape, customTools, choices }) : undefined,
      encodeResults: (results) => encodeResult(results, { created, callShape, customTools }),
    },
    options,
  );
}
