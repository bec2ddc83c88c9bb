import { COUNTS_THINKING, MODEL_PARAMETER, NO_SAMPLING, type Parameters } from "../fields/parameter.ts";
import { TEMPERATURE } from "../fields/shared-fields.ts";

/** What becomes of each field of POST /v1/responses. */
export const PARAMETERS: Parameters = {
  model: MODEL_PARAMETER,
  input: {
    treatment: "honoured",
    note: "A text, or items: messages of all roles with text, images and files, calls and their results, reasoning that this server told with its `encrypted_content`, references to kept items, summaries of `POST /v1/responses/compact`. Items of tools that only others have become calls and results, or are left out and named.",
  },
  instructions: {
    treatment: "honoured",
    note: "The beginning of the system prompt; not carried over to the next response.",
  },
  previous_response_id: { treatment: "honoured", note: "Goes on after a stored response." },
  store: { treatment: "honoured", note: "On unless false, as OpenAI has it." },
  stream: { treatment: "honoured", note: "Real token deltas as the model writes them." },
  stream_options: { treatment: "approximated", note: "Obfuscation is not done." },
  max_output_tokens: {
    treatment: "honoured",
    note: `${COUNTS_THINKING} The model's own maximum is the upper bound.`,
  },
  reasoning: {
    treatment: "approximated",
    note: "`effort`: `minimal` becomes `low`, and `none` is that and as little thinking as the model allows; a level that the model has not is the nearest it has. `summary`: the thinking as the API tells it, the same for each value.",
  },
  text: {
    treatment: "approximated",
    note: "`format` is honoured: `text`, `json_object`, and `json_schema` with a schema whose root is an object. `verbosity` is ignored.",
  },
  tools: {
    treatment: "approximated",
    note: "`function`, `custom` (a grammar is told to the model, not enforced), `namespace`, and `web_search` in each of its names, which Anthropic runs. Other tools that OpenAI would run are not offered. `strict` has no effect. Taken as a chat or Anthropic has them, too.",
  },
  tool_choice: {
    treatment: "honoured",
    note: "`auto`, `none`, `required`, a function, a custom tool, a web search, or `allowed_tools`. From Opus 5.5, Sonnet 5.5 and Fable 5.1 on, no model can be forced: it is asked for the call in words, and the field is named.",
  },
  parallel_tool_calls: { treatment: "honoured", note: "Whether one answer may hold several calls." },
  max_tool_calls: { treatment: "honoured", note: "So many searches at most; your own functions do not count." },
  metadata: { treatment: "honoured", note: "Comes back in the response." },
  background: {
    treatment: "honoured",
    note: "Such a response must be stored. With `stream`, its stream can be picked up again.",
  },
  conversation: { treatment: "refused", note: "There are no conversation objects." },
  prompt: { treatment: "refused", note: "There are no stored prompts." },
  include: {
    treatment: "approximated",
    note: "`web_search_call.action.sources` and `web_search_call.results` tell what was found; `reasoning.encrypted_content` tells what brings thinking back; `message.input_image.image_url` is always told. There is nothing more to include, such as probabilities.",
  },
  truncation: {
    treatment: "ignored",
    takes: "string",
    note: "What is too long is an error, never cut.",
    neutral: "disabled",
  },
  context_management: { treatment: "ignored", note: "Nothing is compacted unasked." },
  temperature: TEMPERATURE,
  top_p: { treatment: "ignored", takes: "number", note: NO_SAMPLING, neutral: 1 },
  top_logprobs: { treatment: "ignored", takes: "number", note: "The API gives no probabilities.", neutral: 0 },
  service_tier: { treatment: "ignored", takes: "string", note: "Your plan decides.", neutral: "auto" },
  user: { treatment: "ignored", takes: "string", note: "The server is for one person." },
  safety_identifier: { treatment: "ignored", takes: "string", note: "The server is for one person." },
  moderation: { treatment: "ignored", note: "Anthropic's own safeguards apply." },
  access_programs: { treatment: "ignored", note: "They are OpenAI's; Anthropic's own safeguards apply." },
  image: { treatment: "ignored", note: "The CLI decides how images are passed on." },
  multi_agent: { treatment: "ignored", note: "One model answers." },
  prompt_cache_key: { treatment: "ignored", takes: "string", note: "Prompts are cached by their content, always." },
  prompt_cache_options: { treatment: "ignored", note: "Prompts are cached by their content, always." },
  prompt_cache_retention: { treatment: "ignored", takes: "string", note: "The CLI decides." },
};

/** What becomes of each field of `response.create` on a WebSocket. */
export const SOCKET_PARAMETERS: Parameters = {
  ...PARAMETERS,
  type: {
    treatment: "honoured",
    note: "`response.create`. The other message there is, `response.steer`, is answered with `response.steer.failed`: nothing can be said to a response that is being written.",
  },
  stream_id: {
    treatment: "honoured",
    note: "Requests of one name, or of none, are answered one after the other, those of several at once. Every event of the answer carries it.",
  },
  generate: {
    treatment: "honoured",
    note: "With `false` the model is not asked: the response is empty, took no tokens, and can be gone on after.",
  },
  stream: { treatment: "honoured", note: "The answer is always streamed." },
  background: { treatment: "refused", note: "`true` is possible with `POST` alone." },
};

/** What becomes of each parameter of GET /v1/responses/{id}/input_items. */
export const INPUT_ITEMS_PARAMETERS: Parameters = {
  after: { treatment: "honoured", note: "The id of an item: those behind it are told." },
  limit: { treatment: "honoured", note: "1 to 100, or 20 when it is left out." },
  order: { treatment: "honoured", note: "`desc`, from the last item, or `asc`." },
  include: {
    treatment: "ignored",
    note: "Items are told as they were sent, images with their URLs; there is nothing more to include.",
    neutral: "message.input_image.image_url",
  },
};

/** What becomes of each parameter of GET /v1/responses/{id}. */
export const RETRIEVAL_PARAMETERS: Parameters = {
  stream: {
    treatment: "honoured",
    note: "`true` tells the events of a response that was created with `background` and `stream`, until ten minutes after its end.",
  },
  starting_after: { treatment: "honoured", note: "With `stream`: only the events after this sequence number." },
  include: {
    treatment: "approximated",
    note: "Images of the input are told with their URLs anyway; there is nothing more to include.",
  },
  include_obfuscation: { treatment: "ignored", note: "Obfuscation is not done.", neutral: "false" },
};
