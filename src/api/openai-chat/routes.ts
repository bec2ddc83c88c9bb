import { Elysia } from "elysia";
import { toApiError } from "../../core/error.ts";
import { type AnswerOptions, answerTurns, turnOf } from "../answer-turns.ts";
import { tellIgnored } from "../ignored-fields.ts";
import { ACCEPTED_BODY, type AcceptedBody } from "./accept-body.ts";
import { type DecodedRequest, decodeRequest } from "./decode-request.ts";
import { encodeResult } from "./encode-result.ts";
import { ChatStreamEncoder } from "./encode-stream.ts";
import { type FetchImage, loadImages } from "./load-images.ts";
import type { ChatCompletionBody } from "./schema.ts";

export type ChatRouteOptions = AnswerOptions & {
  /** Gets the images that requests name by https URL; undefined when the user turned that off. */
  readonly fetchImage?: FetchImage;
};

/** POST /v1/chat/completions. */
export function openaiChatRoutes(options: ChatRouteOptions) {
  return new Elysia({ name: "openai-chat" }).post(
    "/v1/chat/completions",
    ({ body, request }) =>
      answer(body, request, options).catch((thrown: unknown) => {
        throw body.inClientsWords(toApiError(thrown));
      }),
    {
      body: ACCEPTED_BODY,
      detail: { summary: "Answer a conversation, in one piece or streamed", tags: ["OpenAI"] },
    },
  );
}

async function answer({ chat, ignored }: AcceptedBody, request: Request, options: ChatRouteOptions): Promise<Response> {
  const headers = tellIgnored(ignored, options.strict ?? false);
  const turn = turnOf(request);
  const decoded = await decodeWithImages(chat, options.fetchImage, turn.signal);
  const { choices, callShape, includeUsage, stream } = decoded;
  const created = Math.floor(Date.now() / 1000);
  return answerTurns(
    {
      requests: Array.from({ length: choices }, () => decoded.request),
      turn,
      headers,
      encoder: stream ? new ChatStreamEncoder({ created, includeUsage, callShape, choices }) : undefined,
      encodeResults: (results) => encodeResult(results, { created, callShape }),
    },
    options,
  );
}

/** Everything that can be wrong with a request is found before an image is fetched for it. */
async function decodeWithImages(
  body: ChatCompletionBody,
  fetchImage: FetchImage | undefined,
  signal: AbortSignal,
): Promise<DecodedRequest> {
  const decoded = decodeRequest(body);
  if (decoded.missingImages.size === 0) return decoded;
  return decodeRequest(body, await loadImages(decoded.missingImages, fetchImage, signal));
}
