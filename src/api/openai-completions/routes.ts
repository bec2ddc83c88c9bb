import { Elysia } from "elysia";
import { inTurns } from "../../core/pace.ts";
import { answerTurns } from "../answer/answer-turns.ts";
import { turnController } from "../answer/first-event.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { withModel } from "../fields/shared-fields.ts";
import { type HeadersOf, unmetHeaders } from "../fields/unmet-fields.ts";
import { inOneStep, lenientSchema } from "../lenient/lenient-schema.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { standardSchema } from "../validation/standard-schema.ts";
import { decodeRequest, normalizeBody } from "./decode.ts";
import { CompletionStreamEncoder, encodeResult } from "./encode.ts";
import { PARAMETERS } from "./parameters.ts";
import { CompletionBody } from "./wire.ts";

const BODY = standardSchema(CompletionBody, describeFields(CompletionBody, PARAMETERS));

/** POST /v1/completions: the form from before there were chats, which programs still use to complete code and text. */
export function openaiCompletionsRoutes(options: DialectOptions) {
  const strict = options.strict ?? false;
  return new Elysia({ name: "openai-completions" }).post(
    "/v1/completions",
    async ({ body: { body }, request }) => {
      const named = withModel(body, options.defaultModel);
      const { requests, echoes, stream, includeUsage, ignored } = await inTurns(decodeRequest(named));
      const { backend } = options;
      // All are of one model and the same wishes.
      const headers = requests.slice(0, 1).map((asked): HeadersOf => unmetHeaders(asked, { backend, ignored }, strict));
      const created = Math.floor(Date.now() / 1000);
      return answerTurns(
        {
          requests,
          request,
          turn: turnController(request),
          headers: () => headers[0]?.() ?? {},
          encoder: stream ? new CompletionStreamEncoder({ created, includeUsage, echoes }) : undefined,
          encodeResults: (results) => encodeResult(results, { created, echoes }),
        },
        options,
      );
    },
    {
      body: lenientSchema(BODY, strict ? undefined : inOneStep(normalizeBody)),
      detail: { summary: "Continue a text, or fill in what belongs between two", tags: ["OpenAI"] },
    },
  );
}
