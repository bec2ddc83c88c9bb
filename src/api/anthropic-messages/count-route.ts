import { Elysia } from "elysia";
import Type from "typebox";
import type { Backend } from "../../core/backend.ts";
import type { Clients } from "../clients.ts";
import { countedHeader, countedResponse } from "../count-header.ts";
import { tellIgnored } from "../ignored-fields.ts";
import { lenientSchema } from "../lenient/lenient-schema.ts";
import { withModel } from "../named-model.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { standardSchema } from "../standard-schema.ts";
import { turnController } from "../turn-controller.ts";
import { COUNT_PARAMETERS } from "./count-parameters.ts";
import { CountBody, decodeCount } from "./decode-count.ts";
import { normalizeBody } from "./normalize-body.ts";

export type CountRouteOptions = {
  readonly backend: Backend;
  readonly strict?: boolean;
  readonly defaultModel?: string;
  readonly clients?: Clients;
};

const BODY = standardSchema(CountBody, describeFields(CountBody, COUNT_PARAMETERS));
const ANSWER = Type.Object({ input_tokens: Type.Integer() });

/** POST /v1/messages/count_tokens. */
export function countTokensRoute({ backend, strict = false, defaultModel, clients }: CountRouteOptions) {
  return new Elysia({ name: "anthropic-count-tokens" }).post(
    "/v1/messages/count_tokens",
    async ({ body: { body: checked, notes }, request: httpRequest }) => {
      const body = withModel(checked, defaultModel);
      const turn = turnController(httpRequest);
      const { request, ignored } = decodeCount(body, { strict });
      const headers = tellIgnored([...notes, ...ignored], strict);
      const count = await backend.countTokens(request, turn.signal, { client: clients?.of(httpRequest).client });
      return Response.json({ input_tokens: count.inputTokens }, { headers: { ...headers, ...countedHeader(count) } });
    },
    {
      body: lenientSchema(BODY, strict ? undefined : normalizeBody),
      detail: {
        summary: "Count the tokens of a conversation, in Anthropic's own form",
        tags: ["Anthropic"],
        responses: countedResponse(ANSWER),
      },
    },
  );
}
