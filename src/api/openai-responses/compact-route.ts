import { Elysia } from "elysia";
import Type from "typebox";
import type { Backend } from "../../core/backend.ts";
import { collect } from "../../core/collect.ts";
import { ApiError } from "../../core/error.ts";
import { isBlank } from "../../core/turns.ts";
import { decodeWithImages } from "../attachments/decode-with-images.ts";
import type { FetchedImages } from "../attachments/remote-images.ts";
import type { Clients } from "../clients.ts";
import { tellIgnored } from "../ignored-fields.ts";
import { invalid } from "../invalid.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { encodeSummary } from "../responses-shape/compaction.ts";
import { standardSchema } from "../standard-schema.ts";
import { turnController } from "../turn-controller.ts";
import { acceptedAs } from "./accept-body.ts";
import { COMPACT_PARAMETERS } from "./compact-parameters.ts";
import { CompactBody, decodeCompact } from "./decode-compact.ts";
import { asListed, withIds } from "./kept-items.ts";
import { newResponseId, now, type PrepareOptions } from "./prepare-response.ts";
import { storeOf } from "./store.ts";
import { encodeUsage } from "./wire.ts";

export type CompactRouteOptions = PrepareOptions & { readonly backend: Backend; readonly clients?: Clients };

const BODY = standardSchema(CompactBody, describeFields(CompactBody, COMPACT_PARAMETERS));
const ANSWER = Type.Object({
  id: Type.String(),
  object: Type.Literal("response.compaction"),
  created_at: Type.Integer(),
  output: Type.Array(Type.Object({ type: Type.String(), id: Type.String() })),
  usage: Type.Object({ input_tokens: Type.Integer(), output_tokens: Type.Integer(), total_tokens: Type.Integer() }),
});

/**
 * POST /v1/responses/compact: what users said stays, and a summary, by the model, stands for the rest. OpenAI's own is encrypted; this
 * one is for whoever goes on with it here.
 */
export function compactRoute(options: CompactRouteOptions) {
  const { backend, strict = false, fetchImage, clients } = options;
  return new Elysia({ name: "openai-compact" }).post(
    "/v1/responses/compact",
    async ({ body: accepted, request: httpRequest }) => {
      const turn = turnController(httpRequest);
      const store = storeOf(clients?.of(httpRequest).caller?.key, options.store);
      const decode = (images: FetchedImages) => {
        const decoded = decodeCompact(accepted, { ...options, store }, images);
        return { ...decoded, headers: tellIgnored(decoded.ignored, strict) };
      };
      const { request, kept, headers } = await decodeWithImages(decode, fetchImage, turn.signal);
      const { text, usage, finishReason } = await collect(backend.run(request, turn.signal, clients?.of(httpRequest)));
      if (finishReason.unified === "content-filter") throw declined();
      if (isBlank(text)) throw new ApiError("upstream_error", "The model gave no summary. Try again.");
      const id = newResponseId();
      const summary = { type: "compaction" as const, encrypted_content: encodeSummary(text) };
      const output = withIds([...kept, summary], id).map(asListed);
      const answer = { id, object: "response.compaction", created_at: now(), output, usage: encodeUsage(usage) };
      return Response.json(answer, { headers });
    },
    {
      body: acceptedAs(BODY, strict),
      detail: {
        summary: "Shorten a conversation to what users said and a summary",
        tags: ["OpenAI"],
        responses: {
          "200": { description: "The items to go on from.", content: { "application/json": { schema: ANSWER } } },
          default: { $ref: "#/components/responses/Error" },
        },
      },
    },
  );
}

/** It would decline again. */
function declined(): ApiError {
  return invalid("input", "The model declined to sum this conversation up. Leave out what it may object to.");
}
