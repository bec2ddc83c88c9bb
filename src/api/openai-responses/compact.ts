import { Elysia } from "elysia";
import Type, { type Static } from "typebox";
import { collect } from "../../core/collect.ts";
import { ApiError, invalid } from "../../core/error.ts";
import type { Steps } from "../../core/pace.ts";
import type { ChatRequest } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { turnController } from "../answer/first-event.ts";
import { decodeWithImages } from "../attachments/load-images.ts";
import { type FetchedImages, RemoteImages } from "../attachments/remote-images.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { ignoredFields, reportIgnored } from "../fields/ignored-fields.ts";
import { honoured, type Parameter, type Parameters, withoutEffect } from "../fields/parameter.ts";
import { withoutThoughts } from "../fields/token-count.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { type Accepted, acceptedAs } from "../responses-shape/accept-body.ts";
import { encodeSummary, SUMMARIZE } from "../responses-shape/compaction.ts";
import { decodeConversation } from "../responses-shape/decode/conversation.ts";
import { isMessage, type MessageItem, type PlacedItem } from "../responses-shape/wire/items.ts";
import { ResponseBody } from "../responses-shape/wire/schema.ts";
import { namesBesideThinking } from "../responses-shape/wire/thinking.ts";
import { standardSchema } from "../validation/standard-schema.ts";
import { unreadFields } from "../validation/unread-fields.ts";
import { refuseReferences } from "./decode/request.ts";
import { resolveInput } from "./decode/resolve-input.ts";
import { PARAMETERS } from "./parameters.ts";
import { newResponseId, now, type PrepareOptions, withOwnModel } from "./prepare-response.ts";
import { asListed, storeOf, withIds } from "./store/store.ts";
import { encodeUsage } from "./wire/response.ts";

const ABOUT_OTHER_ANSWERS: Parameter = withoutEffect("A summary is text, written without tools.");

/** Fields that mean here what they mean at POST /v1/responses. */
const SHARED: ReadonlySet<string> = new Set([
  ...["conversation", "prompt", "service_tier", "image"],
  ...["prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"],
]);

/** What becomes of each field of POST /v1/responses/compact. */
export const COMPACT_PARAMETERS: Parameters = {
  model: honoured("It writes the summary. Required, but with `previous_response_id`: left out, it is that response's."),
  input: honoured(
    "As at `POST /v1/responses`. What users said, and the model was told to do, comes back; a summary stands for all of it.",
  ),
  instructions: honoured("The beginning of the system prompt."),
  previous_response_id: honoured("What a stored response was asked and answered is compacted, too."),
  ...Object.fromEntries(Object.entries(PARAMETERS).filter(([name]) => SHARED.has(name))),
  tools: ABOUT_OTHER_ANSWERS,
  tool_choice: ABOUT_OTHER_ANSWERS,
  parallel_tool_calls: { ...ABOUT_OTHER_ANSWERS, neutral: true },
  text: ABOUT_OTHER_ANSWERS,
  stream: withoutEffect("The answer comes in one piece.", undefined, false),
  reasoning: withoutEffect("How much is thought about it is left to the model."),
};

/** The wire type of POST /v1/responses/compact. */
export const CompactBody = Type.Pick(ResponseBody, [
  "model",
  "input",
  "instructions",
  "previous_response_id",
  "conversation",
  "prompt",
]);
export type CompactBody = Static<typeof CompactBody>;

type DecodedCompact = {
  /** Asks for the summary. */
  readonly request: ChatRequest;
  /** What stays beside it: what users said, and what the model was told to do. */
  readonly kept: readonly MessageItem[];
  /** They name what was left out, or changed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly missingImages: ReadonlyMap<string, string>;
};

const QUESTION: PlacedItem = { item: { type: "message", role: "user", content: SUMMARIZE }, path: "input" };

/** What is asked for a summary of a validated body. Throws an ApiError that names the field for what a schema cannot say. */
function* decodeCompact(
  accepted: Accepted<CompactBody>,
  { store, strict = false }: Pick<PrepareOptions, "store" | "strict">,
  images: FetchedImages = new Map(),
): Steps<DecodedCompact> {
  // The default is for what is answered: here it must be the model whose conversation it is.
  const { model, ...body } = withOwnModel(accepted.body, store, undefined);
  refuseReferences(body);
  const { items, ignored } = yield* resolveInput(accepted, store, strict);
  if (items.length === 0)
    throw invalid("input", "There is nothing to compact: send 'input' or 'previous_response_id'.");
  const remote = new RemoteImages(images);
  const { changed, ...said } = yield* decodeConversation(body.instructions, [...items, QUESTION], remote, {
    strict,
  });
  const { turns, thoughts } = withoutThoughts(said.turns, "input.encrypted_content");
  return {
    request: {
      model,
      system: said.system,
      turns,
      tools: [],
      toolChoice: { type: "auto" },
      parallelToolCalls: true,
      stop: [],
    },
    kept: items.map(({ item }) => item).filter((item) => isMessage(item) && item.role !== "assistant"),
    headers: reportIgnored(
      [
        ...accepted.notes,
        ...ignored,
        ...ignoredFields(body, COMPACT_PARAMETERS, [
          ...thoughts,
          ...namesBesideThinking(yield* unreadFields(CompactBody, body), items),
          ...changed,
        ]),
      ],
      strict,
    ),
    missingImages: remote.missing,
  };
}

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
export function compactRoute(options: DialectOptions & Pick<PrepareOptions, "store">) {
  const { backend, strict = false, fetchImage, clients } = options;
  return new Elysia({ name: "openai-compact" }).post(
    "/v1/responses/compact",
    async ({ body: accepted, request: httpRequest }) => {
      const turn = turnController(httpRequest);
      const store = storeOf(clients?.of(httpRequest).owner, options.store);
      const decode = (images: FetchedImages) => decodeCompact(accepted, { ...options, store }, images);
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
