import { Elysia } from "elysia";
import Type, { type Static } from "typebox";
import type { Backend } from "../../core/backend.ts";
import { decodeWithImages, type FetchedImages } from "../attachments/decode-with-images.ts";
import type { FetchImage } from "../attachments/load-images.ts";
import { countedHeader } from "../count-header.ts";
import { tellIgnored } from "../ignored-fields.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { standardSchema } from "../standard-schema.ts";
import { turnController } from "../turn-controller.ts";
import { optional } from "../validation/optional.ts";
import { decodeRequest } from "./decode-request.ts";
import { PARAMETERS } from "./parameters.ts";
import { MessagesBody } from "./schema.ts";

const { max_tokens, ...fields } = MessagesBody.properties;

/** What would be asked by POST /v1/messages. How long the answer may be is no part of it. */
const CountBody = Type.Object({ ...fields, max_tokens: optional(max_tokens) });
type CountBody = Static<typeof CountBody>;

export type CountRouteOptions = {
  readonly backend: Backend;
  readonly strict?: boolean;
  readonly fetchImage?: FetchImage;
};

/** POST /v1/messages/count_tokens. */
export function countTokensRoute({ backend, strict = false, fetchImage }: CountRouteOptions) {
  return new Elysia({ name: "anthropic-count-tokens" }).post(
    "/v1/messages/count_tokens",
    async ({ body, request: httpRequest }) => {
      const turn = turnController(httpRequest);
      const decode = (images: FetchedImages) => {
        const decoded = decodeRequest(asked(body), images);
        return { ...decoded, headers: tellIgnored(decoded.ignored, strict) };
      };
      const { request, headers } = await decodeWithImages(decode, fetchImage, turn.signal);
      const count = await backend.countTokens(request, turn.signal);
      return Response.json({ input_tokens: count.inputTokens }, { headers: { ...headers, ...countedHeader(count) } });
    },
    {
      body: standardSchema(CountBody, describeFields(CountBody, PARAMETERS)),
      detail: { summary: "Count the tokens of a conversation, in Anthropic's own form", tags: ["Anthropic"] },
    },
  );
}

function asked(body: CountBody): MessagesBody {
  return { ...body, max_tokens: body.max_tokens ?? 1 };
}
