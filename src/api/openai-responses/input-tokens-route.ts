import { Elysia } from "elysia";
import Type from "typebox";
import type { Backend } from "../../core/backend.ts";
import { decodeWithImages } from "../attachments/decode-with-images.ts";
import type { FetchImage } from "../attachments/load-images.ts";
import type { FetchedImages } from "../attachments/remote-images.ts";
import type { Clients } from "../clients.ts";
import { countedHeader, countedResponse } from "../count-header.ts";
import { tellIgnored } from "../ignored-fields.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { standardSchema } from "../standard-schema.ts";
import { turnController } from "../turn-controller.ts";
import { acceptedAs } from "./accept-body.ts";
import { decodeInputTokens, InputTokensBody } from "./decode-input-tokens.ts";
import { INPUT_TOKENS_PARAMETERS } from "./input-tokens-parameters.ts";
import { type ResponseStore, storeOf } from "./store.ts";

export type InputTokensRouteOptions = {
  readonly backend: Backend;
  readonly strict?: boolean;
  readonly defaultModel?: string;
  readonly store: ResponseStore;
  readonly fetchImage?: FetchImage;
  readonly clients?: Clients;
};

const BODY = standardSchema(InputTokensBody, describeFields(InputTokensBody, INPUT_TOKENS_PARAMETERS));
const ANSWER = Type.Object({ object: Type.Literal("response.input_tokens"), input_tokens: Type.Integer() });

/** POST /v1/responses/input_tokens: the tokens of what would be asked by POST /v1/responses. */
export function inputTokensRoute(options: InputTokensRouteOptions) {
  const { backend, strict = false, fetchImage, clients } = options;
  return new Elysia({ name: "openai-input-tokens" }).post(
    "/v1/responses/input_tokens",
    async ({ body: accepted, request: httpRequest }) => {
      const turn = turnController(httpRequest);
      const store = storeOf(clients?.of(httpRequest).caller?.key, options.store);
      const decode = (images: FetchedImages) => {
        const decoded = decodeInputTokens(accepted, { ...options, store }, images);
        return { ...decoded, headers: tellIgnored(decoded.ignored, strict) };
      };
      const { request, headers } = await decodeWithImages(decode, fetchImage, turn.signal);
      const count = await backend.countTokens(request, turn.signal, { client: clients?.of(httpRequest).client });
      const answer = { object: "response.input_tokens", input_tokens: count.inputTokens };
      return Response.json(answer, { headers: { ...headers, ...countedHeader(count) } });
    },
    {
      body: acceptedAs(BODY, strict),
      detail: {
        summary: "Count the tokens that a response would be asked with",
        tags: ["OpenAI"],
        responses: countedResponse(ANSWER),
      },
    },
  );
}
