import { Elysia } from "elysia";
import { answerTurns } from "../answer/answer-turns.ts";
import { turnController } from "../answer/first-event.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { reportIgnored } from "../fields/ignored-fields.ts";
import { withModel } from "../fields/shared-fields.ts";
import { unmetFields } from "../fields/unmet-fields.ts";
import { lenientSchema } from "../lenient/lenient-schema.ts";
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
    ({ body: { body }, request }) => {
      const { requests, echoes, stream, includeUsage, ignored } = decodeRequest(withModel(body, options.defaultModel));
      const { backend } = options;
      // All are of one model and the same wishes.
      const all = requests.slice(0, 1).flatMap((asked) => unmetFields(asked, { backend, ignored }));
      const created = Math.floor(Date.now() / 1000);
      return answerTurns(
        {
          requests,
          request,
          turn: turnController(request),
          headers: reportIgnored(all, strict),
          encoder: stream ? new CompletionStreamEncoder({ created, includeUsage, echoes }) : undefined,
          encodeResults: (results) => encodeResult(results, { created, echoes }),
        },
        options,
      );
    },
    {
      body: lenientSchema(BODY, strict ? undefined : normalizeBody),
      detail: { summary: "Continue a text, or fill in what belongs between two", tags: ["OpenAI"] },
    },
  );
}
