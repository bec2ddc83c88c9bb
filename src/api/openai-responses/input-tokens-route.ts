import { Elysia } from "elysia";
import type { Backend } from "../../core/backend.ts";
import { decodeWithImages, type FetchedImages } from "../attachments/decode-with-images.ts";
import type { FetchImage } from "../attachments/load-images.ts";
import { countedHeader } from "../count-header.ts";
import { tellIgnored } from "../ignored-fields.ts";
import { turnController } from "../turn-controller.ts";
import { CHECKED_BODY } from "./check-body.ts";
import { decodeRequest } from "./decode-request.ts";
import { resolveInput } from "./resolve-input.ts";
import type { ResponseStore } from "./store.ts";

export type InputTokensRouteOptions = {
  readonly backend: Backend;
  readonly strict?: boolean;
  readonly store: ResponseStore;
  readonly fetchImage?: FetchImage;
};

/** POST /v1/responses/input_tokens: the tokens of what would be asked by POST /v1/responses. */
export function inputTokensRoute({ backend, strict = false, store, fetchImage }: InputTokensRouteOptions) {
  return new Elysia({ name: "openai-input-tokens" }).post(
    "/v1/responses/input_tokens",
    async ({ body, request: httpRequest }) => {
      const turn = turnController(httpRequest);
      const { items } = resolveInput(body, store);
      const decode = (images: FetchedImages) => {
        const decoded = decodeRequest(body, items, images);
        return { ...decoded, headers: tellIgnored(decoded.ignored, strict) };
      };
      const { request, headers } = await decodeWithImages(decode, fetchImage, turn.signal);
      const count = await backend.countTokens(request, turn.signal);
      const answer = { object: "response.input_tokens", input_tokens: count.inputTokens };
      return Response.json(answer, { headers: { ...headers, ...countedHeader(count) } });
    },
    {
      body: CHECKED_BODY,
      detail: { summary: "Count the tokens that a response would be asked with", tags: ["OpenAI"] },
    },
  );
}
