import Type, { type TSchema } from "typebox";
import { COUNT_PARAMETERS, CountBody } from "../../../src/api/anthropic-messages/count-tokens.ts";
import { PARAMETERS as MESSAGES } from "../../../src/api/anthropic-messages/parameters.ts";
import { MessagesBody } from "../../../src/api/anthropic-messages/wire/schema.ts";
import type { Parameters } from "../../../src/api/fields/parameter.ts";
import { RESPONSES_SHAPE_PARAMETERS, ResponsesShapedBody } from "../../../src/api/openai-chat/from-responses.ts";
import { PARAMETERS as CHAT } from "../../../src/api/openai-chat/parameters.ts";
import { ChatCompletionBody } from "../../../src/api/openai-chat/wire/schema.ts";
import { PARAMETERS as COMPLETIONS } from "../../../src/api/openai-completions/parameters.ts";
import { CompletionBody } from "../../../src/api/openai-completions/wire.ts";
import { COMPACT_PARAMETERS, CompactBody } from "../../../src/api/openai-responses/compact.ts";
import { INPUT_TOKENS_PARAMETERS, InputTokensBody } from "../../../src/api/openai-responses/input-tokens.ts";
import {
  INPUT_ITEMS_PARAMETERS,
  PARAMETERS as RESPONSES,
  RETRIEVAL_PARAMETERS,
  SOCKET_PARAMETERS,
} from "../../../src/api/openai-responses/parameters.ts";
import { ResponseBody } from "../../../src/api/responses-shape/wire/schema.ts";
import { CHAT_SAMPLES } from "./chat.ts";
import { COMPLETIONS_SAMPLES } from "./completions.ts";
import { COUNT_SAMPLES, MESSAGES_SAMPLES } from "./messages.ts";
import {
  COMPACT_SAMPLES,
  INPUT_ITEMS_SAMPLES,
  INPUT_TOKENS_SAMPLES,
  RESPONSES_SAMPLES,
  RETRIEVAL_SAMPLES,
  SOCKET_SAMPLES,
  STORED_ID,
} from "./responses.ts";
import { RESPONSES_SHAPE_SAMPLES } from "./responses-shape.ts";
import { type ParameterTest, type Samples, testsOf } from "./sample.ts";
import {
  CHAT_WITHIN,
  COMPACT_WITHIN,
  COMPLETIONS_WITHIN,
  COUNT_WITHIN,
  INPUT_TOKENS_WITHIN,
  MESSAGES_WITHIN,
  RESPONSES_SHAPE_WITHIN,
  RESPONSES_WITHIN,
} from "./within.ts";

/** A place that takes fields: its table, and what the tests of the table send there. */
export type Endpoint = {
  /** The heading of its table, and what its tests are called. */
  readonly title: string;
  /** Where its fields are posted to, or, with GET, asked for in the query; with a WebSocket, sent in a message. */
  readonly path: string;
  readonly method?: "GET" | "WebSocket";
  /** The one whose table it shares; its own table has what is different. */
  readonly like?: string;
  /** Whether it asks the backend nothing, but tells what is stored. */
  readonly asksNoModel?: true;
  readonly parameters: Parameters;
  readonly schema: TSchema;
  readonly samples: Samples;
  /** Bodies that say something in every place within the fields that has no effect. */
  readonly within: readonly object[];
  /** The smallest body. */
  readonly plain: object;
};

const { messages: _messages, functions: _functions, function_call: _functionCall, ...SHARED_SAMPLES } = CHAT_SAMPLES;
const model = "opus";
const messages = [{ role: "user", content: "hi" }];

const RESPONSES_ENDPOINT: Endpoint = {
  title: "POST /v1/responses",
  path: "/v1/responses",
  parameters: RESPONSES,
  schema: ResponseBody,
  samples: RESPONSES_SAMPLES,
  within: RESPONSES_WITHIN,
  plain: { model, input: "hi" },
};

const MESSAGES_ENDPOINT: Endpoint = {
  title: "POST /v1/messages",
  path: "/v1/messages",
  parameters: MESSAGES,
  schema: MessagesBody,
  samples: MESSAGES_SAMPLES,
  within: MESSAGES_WITHIN,
  plain: { model, max_tokens: 5, messages },
};

/**
 * Everything that takes fields; one more is documented and tested by being named here. One that takes the fields of another is
 * `{ ...MESSAGES_ENDPOINT, title, path, like: MESSAGES_ENDPOINT.title }`.
 */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    title: "POST /v1/chat/completions",
    path: "/v1/chat/completions",
    parameters: CHAT,
    schema: ChatCompletionBody,
    samples: CHAT_SAMPLES,
    within: CHAT_WITHIN,
    plain: { model, messages },
  },
  {
    title: "POST /v1/completions",
    path: "/v1/completions",
    parameters: COMPLETIONS,
    schema: CompletionBody,
    samples: COMPLETIONS_SAMPLES,
    within: COMPLETIONS_WITHIN,
    plain: { model, prompt: "hi" },
  },
  RESPONSES_ENDPOINT,
  {
    ...RESPONSES_ENDPOINT,
    title: "POST /v1/responses/input_tokens",
    path: "/v1/responses/input_tokens",
    like: RESPONSES_ENDPOINT.title,
    parameters: INPUT_TOKENS_PARAMETERS,
    schema: InputTokensBody,
    samples: INPUT_TOKENS_SAMPLES,
    within: INPUT_TOKENS_WITHIN,
  },
  {
    ...RESPONSES_ENDPOINT,
    title: "POST /v1/responses/compact",
    path: "/v1/responses/compact",
    like: RESPONSES_ENDPOINT.title,
    parameters: COMPACT_PARAMETERS,
    schema: CompactBody,
    samples: COMPACT_SAMPLES,
    within: COMPACT_WITHIN,
  },
  {
    ...RESPONSES_ENDPOINT,
    title: "response.create on a WebSocket",
    method: "WebSocket",
    like: RESPONSES_ENDPOINT.title,
    parameters: SOCKET_PARAMETERS,
    samples: SOCKET_SAMPLES,
  },
  MESSAGES_ENDPOINT,
  {
    ...MESSAGES_ENDPOINT,
    title: "POST /v1/messages/count_tokens",
    path: "/v1/messages/count_tokens",
    like: MESSAGES_ENDPOINT.title,
    parameters: COUNT_PARAMETERS,
    schema: CountBody,
    samples: COUNT_SAMPLES,
    within: COUNT_WITHIN,
    plain: { model, messages },
  },
  {
    title: "POST /v1/chat/completions, with a body in the shape of the Responses API",
    path: "/v1/chat/completions",
    like: "POST /v1/chat/completions",
    parameters: RESPONSES_SHAPE_PARAMETERS,
    schema: ResponsesShapedBody,
    samples: { ...SHARED_SAMPLES, ...RESPONSES_SHAPE_SAMPLES },
    within: RESPONSES_SHAPE_WITHIN,
    plain: { model, input: "hi" },
  },
  {
    title: "GET /v1/responses/{id}",
    path: `/v1/responses/${STORED_ID}`,
    method: "GET",
    asksNoModel: true,
    parameters: RETRIEVAL_PARAMETERS,
    schema: Type.Object({}),
    samples: RETRIEVAL_SAMPLES,
    within: [],
    plain: {},
  },
  {
    title: "GET /v1/responses/{id}/input_items",
    path: `/v1/responses/${STORED_ID}/input_items`,
    method: "GET",
    asksNoModel: true,
    parameters: INPUT_ITEMS_PARAMETERS,
    schema: Type.Object({}),
    samples: INPUT_ITEMS_SAMPLES,
    within: [],
    plain: {},
  },
];

const everyRow = testsOf("test/api/parameters.test.ts");
const IGNORED_TEST = everyRow(
  "every ignored field is accepted, asks the model for nothing else, is named in the header, and is a 400 when strict",
);
const REFUSED_TEST = everyRow("every refused field is a 400 that names it, and asks no model");

/** The test that shows what becomes of a field; undefined: there is none yet. */
export function parameterTest({ parameters, samples }: Endpoint, field: string): ParameterTest | undefined {
  switch (parameters[field]?.treatment) {
    case "ignored":
      return IGNORED_TEST;
    case "refused":
      return REFUSED_TEST;
    default:
      return samples[field]?.test;
  }
}
