import { Elysia } from "elysia";
import Type, { type Static } from "typebox";
import type { CountRequest } from "../../core/backend.ts";
import type { Steps } from "../../core/pace.ts";
import { turnController } from "../answer/first-event.ts";
import { decodeWithImages } from "../attachments/load-images.ts";
import { type FetchedImages, RemoteImages } from "../attachments/remote-images.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { ignoredFields, reportIgnored } from "../fields/ignored-fields.ts";
import { approximated, honoured, type Parameters, refused, withoutEffect } from "../fields/parameter.ts";
import {
  ABOUT_THE_ANSWER,
  ABOUT_THE_ANSWER_IF_TRUE,
  countedHeader,
  countedResponse,
  formatNotCounted,
  withoutThoughts,
} from "../fields/token-count.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { type Accepted, acceptedAs } from "../responses-shape/accept-body.ts";
import { decodeConversation } from "../responses-shape/decode/conversation.ts";
import { decodeTools } from "../responses-shape/decode/tools.ts";
import { ResponseBody } from "../responses-shape/wire/schema.ts";
import { namesBesideThinking } from "../responses-shape/wire/thinking.ts";
import type { ToolChoiceOption } from "../responses-shape/wire/tools.ts";
import { standardSchema } from "../validation/standard-schema.ts";
import { unreadFields } from "../validation/unread-fields.ts";
import { CompactBody } from "./compact.ts";
import { type DecodedRequest, refuseReferences } from "./decode/request.ts";
import { resolveInput } from "./decode/resolve-input.ts";
import { PARAMETERS } from "./parameters.ts";
import { type PrepareOptions, withOwnModel } from "./prepare-response.ts";
import { storeOf } from "./store/store.ts";

/** What becomes of each field of POST /v1/responses/input_tokens, which takes those of POST /v1/responses. */
export const INPUT_TOKENS_PARAMETERS: Parameters = {
  ...PARAMETERS,
  model: honoured(
    "Models count differently. Left out, it is that of `previous_response_id`, else that of `--default-model`.",
  ),
  input: honoured(
    "As at `POST /v1/responses`, and it may end with the assistant. It may be left out where `instructions` or `previous_response_id` is given.",
  ),
  instructions: honoured("The beginning of the system prompt."),
  previous_response_id: honoured("What a stored response was asked and answered is counted, too."),
  text: refused(
    "Only a `format` of the type `text`; others are a 400, since their schema is not counted. `verbosity` is ignored.",
  ),
  tool_choice: approximated(
    "With `allowed_tools` only these are counted. What Anthropic adds for others than `auto` is not, and they are named as ignored.",
  ),
  store: withoutEffect("A count is not stored.", undefined, false),
  stream: ABOUT_THE_ANSWER_IF_TRUE,
  stream_options: ABOUT_THE_ANSWER,
  max_output_tokens: ABOUT_THE_ANSWER,
  reasoning: ABOUT_THE_ANSWER,
  parallel_tool_calls: { ...ABOUT_THE_ANSWER, neutral: true },
  metadata: withoutEffect("A count is not stored."),
  background: ABOUT_THE_ANSWER_IF_TRUE,
  include: ABOUT_THE_ANSWER,
  personality: withoutEffect("Claude has no presets of style; nothing is added to the prompt."),
};

const { text, tools, tool_choice } = ResponseBody.properties;

/** The wire type of POST /v1/responses/input_tokens: what has an effect of what POST /v1/responses takes. */
export const InputTokensBody = Type.Object({ ...CompactBody.properties, text, tools, tool_choice });
export type InputTokensBody = Static<typeof InputTokensBody>;

type DecodedInputTokens = Pick<DecodedRequest, "missingImages"> & {
  readonly request: CountRequest;
  readonly headers: Readonly<Record<string, string>>;
};

/** What is counted of a validated body. Throws an ApiError that names the field for what a schema cannot say. */
function* decodeInputTokens(
  accepted: Accepted<InputTokensBody>,
  { store, strict = false, defaultModel }: Pick<PrepareOptions, "store" | "strict" | "defaultModel">,
  images: FetchedImages = new Map(),
): Steps<DecodedInputTokens> {
  const { model, ...body } = withOwnModel(accepted.body, store, defaultModel);
  refuseReferences(body);
  if (body.text?.format && body.text.format.type !== "text") throw formatNotCounted("text.format");
  const { items, ignored } = yield* resolveInput(accepted, store, strict);
  const remote = new RemoteImages(images);
  const choice = allowedTools(body.tool_choice);
  const { tools, ignoredTools } = decodeTools({ tools: body.tools, tool_choice: choice }, { strict, webSearch: false });
  const options = { strict, mayEndWithAnswer: true };
  const { changed, ...said } = yield* decodeConversation(body.instructions, items, remote, options);
  const { turns, thoughts } = withoutThoughts(said.turns, "input.encrypted_content");
  const ignoredChoice = (body.tool_choice ?? "auto") !== "auto" && choice === undefined ? ["tool_choice"] : [];
  return {
    request: { model, system: said.system, turns, tools },
    headers: reportIgnored(
      [
        ...accepted.notes,
        ...ignored,
        ...ignoredFields(body, INPUT_TOKENS_PARAMETERS, [
          ...ignoredTools,
          ...ignoredChoice,
          ...thoughts,
          ...namesBesideThinking(yield* unreadFields(InputTokensBody, body), items),
          ...changed,
        ]),
      ],
      strict,
    ),
    missingImages: remote.missing,
  };
}

/** Of all choices this one alone changes what the model is offered. */
function allowedTools(choice: ToolChoiceOption | null | undefined): ToolChoiceOption | undefined {
  return typeof choice === "object" && choice?.type === "allowed_tools" ? choice : undefined;
}

const BODY = standardSchema(InputTokensBody, describeFields(InputTokensBody, INPUT_TOKENS_PARAMETERS));
const ANSWER = Type.Object({ object: Type.Literal("response.input_tokens"), input_tokens: Type.Integer() });

/** POST /v1/responses/input_tokens: the tokens of what would be asked by POST /v1/responses. */
export function inputTokensRoute(options: DialectOptions & Pick<PrepareOptions, "store">) {
  const { backend, strict = false, fetchImage, clients } = options;
  return new Elysia({ name: "openai-input-tokens" }).post(
    "/v1/responses/input_tokens",
    async ({ body: accepted, request: httpRequest }) => {
      const turn = turnController(httpRequest);
      const store = storeOf(clients?.of(httpRequest).owner, options.store);
      const decode = (images: FetchedImages) => decodeInputTokens(accepted, { ...options, store }, images);
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
