import { type Samples, sent, shown, testsOf } from "./sample.ts";

const parameters = testsOf("test/e2e/dialect-parameters.test.ts");
const sdk = testsOf("test/e2e/responses-sdk.test.ts");
const search = testsOf("test/e2e/web-search.test.ts");
const notDone = testsOf("test/api/openai-responses/decode/not-done.test.ts");
const pickedUp = testsOf("test/api/openai-responses/background/background-stream.test.ts")(
  "is queued, goes on when its reader leaves, and is picked up again where it was",
);
const routes = testsOf("test/api/openai-responses/routes.test.ts");

const tools = [{ type: "function", name: "f", parameters: { type: "object", properties: {} } }];

/** The id of a response that is stored where these are sent to. */
export const STORED_ID = "resp_stored";

/** What is sent to the Responses API's fields, and what shows its effect. */
export const RESPONSES_SAMPLES: Samples = {
  model: shown(parameters("model reaches the model that it names"), "sonnet"),
  input: shown(parameters("input arrives as native turns: messages of all roles, images, calls and their results"), [
    { role: "user", content: [{ type: "input_text", text: "a" }] },
  ]),
  instructions: shown(sdk("responses.create answers, with instructions as the system prompt"), "Be kind."),
  previous_response_id: shown(sdk("previous_response_id and item_reference go on with what was stored"), STORED_ID),
  store: shown(routes("is stored unless that is not wanted, with what was asked"), false),
  stream: shown(parameters("stream passes tokens on while the model still writes, and never obfuscates them"), true),
  stream_options: shown(
    parameters("stream passes tokens on while the model still writes, and never obfuscates them"),
    { include_obfuscation: false },
    { stream: true },
  ),
  max_output_tokens: shown(parameters("max_output_tokens reaches the API, and an answer it cuts is incomplete"), 5),
  reasoning: shown(
    parameters("reasoning: effort reaches the API as the nearest level there is, and summary shows the thinking"),
    { effort: "high", summary: "auto" },
  ),
  text: shown(parameters("text: format makes the answer JSON, and verbosity is named as ignored"), {
    format: { type: "json_schema", name: "a", schema: { type: "object", properties: {} } },
  }),
  tools: shown(parameters("tools: functions, custom tools and namespaces are offered, hosted tools named as ignored"), [
    ...tools,
    { type: "custom", name: "c" },
  ]),
  tool_choice: shown(parameters("tool_choice and parallel_tool_calls reach the API natively"), "required", { tools }),
  parallel_tool_calls: shown(parameters("tool_choice and parallel_tool_calls reach the API natively"), false, {
    tools,
  }),
  metadata: shown(sdk("a stored response can be retrieved, its input listed, and deleted"), { a: "b" }),
  background: shown(sdk("a response in the background is polled until it is there"), true),
  conversation: sent("conv_1"),
  prompt: sent({ id: "pmpt_1" }),
  include: shown(notDone("images of the input are told with their URL"), ["message.input_image.image_url"]),
  truncation: sent("auto"),
  context_management: sent([{ type: "compaction", compact_threshold: 1000 }]),
  max_tool_calls: shown(search("a response bounds the searches, and tells of itself what it offers"), 3),
  temperature: sent(0.2),
  top_p: sent(0.5),
  top_logprobs: sent(5),
  service_tier: sent("flex"),
  user: sent("me"),
  safety_identifier: sent("me"),
  moderation: sent({ model: "omni-moderation-latest" }),
  access_programs: sent({ cyber: "standard" }),
  image: sent({ context_compression: "enabled" }),
  multi_agent: sent({ enabled: true }),
  prompt_cache_key: sent("k"),
  prompt_cache_options: sent({ mode: "implicit" }),
  prompt_cache_retention: sent("24h"),
};

const inputTokens = testsOf("test/api/openai-responses/input-tokens.test.ts");
const counted = inputTokens("of what a response would be asked with, and the answer says how");
const goesOn = inputTokens("of a stored response alone, by its own model's count");
const allowed = {
  type: "allowed_tools",
  mode: "auto",
  tools: [{ type: "function", name: "f" }],
};

/** What is sent to be counted, and what shows that it is. */
export const INPUT_TOKENS_SAMPLES: Samples = {
  ...RESPONSES_SAMPLES,
  model: shown(counted, "sonnet"),
  input: shown(counted, [{ role: "user", content: [{ type: "input_text", text: "a" }] }]),
  instructions: shown(counted, "Be kind."),
  previous_response_id: shown(goesOn, STORED_ID),
  tools: shown(counted, [...tools, { type: "custom", name: "c" }]),
  tool_choice: shown(inputTokens("of the functions that are allowed, if some are"), allowed, { tools }),
  text: sent({ format: { type: "json_object" } }),
  store: sent(true),
  stream_options: sent({ include_obfuscation: true }),
  parallel_tool_calls: sent(false),
  personality: sent("friendly"),
};

const compacted = testsOf("test/e2e/responses-spellings.test.ts")(
  "a conversation is compacted to what users said and a summary, from which a response goes on",
);
/** What is sent to be compacted, and what shows that it is. */
export const COMPACT_SAMPLES: Samples = {
  model: shown(compacted, "sonnet"),
  input: shown(compacted, [{ role: "user", content: [{ type: "input_text", text: "a" }] }]),
  instructions: shown(compacted, "Be kind."),
  previous_response_id: shown(
    testsOf("test/api/openai-responses/compact.test.ts")(
      "what a stored response was asked and answered is compacted, too, by its own model",
    ),
    STORED_ID,
  ),
  conversation: sent("conv_1"),
  tools: sent(tools),
  tool_choice: sent("none"),
  parallel_tool_calls: sent(false),
  text: sent({ format: { type: "text" } }),
  reasoning: sent({ effort: "low" }),
  stream: sent(true),
  prompt: sent({ id: "pmpt_1" }),
  service_tier: sent("flex"),
  image: sent({ context_compression: "enabled" }),
  prompt_cache_key: sent("k"),
  prompt_cache_options: sent({ mode: "implicit" }),
  prompt_cache_retention: sent("24h"),
};

const socket = testsOf("test/api/openai-responses/socket/socket.test.ts");
const asStream = socket("is answered by the events of a stream, as frames of their JSON");

/** What is sent to the fields of a message on a WebSocket. */
export const SOCKET_SAMPLES: Samples = {
  ...RESPONSES_SAMPLES,
  type: shown(asStream, "response.create"),
  stream_id: shown(socket("is answered in turn on one lane, and at once on several"), "a"),
  generate: shown(socket("with generate false asks nobody, and can be gone on after"), false),
  stream: shown(asStream, false),
  background: sent(true),
};

const pages = routes("lists its input in pages, the last item first");

/** What is sent in the query of what a stored response was asked. */
export const INPUT_ITEMS_SAMPLES: Samples = {
  after: shown(pages, `in_${STORED_ID}`),
  limit: shown(pages, 1),
  order: shown(pages, "asc"),
  include: sent("reasoning.encrypted_content"),
};

/** What is sent in the query of a stored response. */
export const RETRIEVAL_SAMPLES: Samples = {
  stream: shown(pickedUp, "true"),
  starting_after: shown(pickedUp, 0, { stream: "true" }),
  include: shown(notDone("images of the input are told with their URL"), "message.input_image.image_url"),
  include_obfuscation: sent("true"),
};
