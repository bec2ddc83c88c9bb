import {
  approximated,
  COUNTS_THINKING,
  honoured,
  MODEL_PARAMETER,
  NO_SAMPLING,
  type Parameters,
  refused,
  withoutEffect,
} from "../fields/parameter.ts";
import { TEMPERATURE } from "../fields/shared-fields.ts";

/** What becomes of each field of POST /v1/responses. */
export const PARAMETERS: Parameters = {
  model: MODEL_PARAMETER,
  input: honoured(
    "A text, or items: messages of all roles with text, images and files, calls and their results, reasoning that this server told with its `encrypted_content`, references to kept items, summaries of `POST /v1/responses/compact`. Items of tools that only others have become calls and results, or are left out and named.",
  ),
  instructions: honoured("The beginning of the system prompt; not carried over to the next response."),
  previous_response_id: honoured("Goes on after a stored response."),
  store: honoured("On unless false, as OpenAI has it."),
  stream: honoured("Real token deltas as the model writes them."),
  stream_options: approximated("Obfuscation is not done."),
  max_output_tokens: honoured(`${COUNTS_THINKING} The model's own maximum is the upper bound.`),
  reasoning: approximated(
    "`effort`: `minimal` becomes `low`, and `none` is that and as little thinking as the model allows; a level that the model has not is the nearest it has. `summary`: the thinking as the API tells it, the same for each value.",
  ),
  text: approximated(
    "`format` is honoured: `text`, `json_object`, and `json_schema` with a schema whose root is an object. `verbosity` is ignored.",
  ),
  tools: approximated(
    "`function`, `custom` (a grammar is told to the model, not enforced), `namespace`, and `web_search` in each of its names, which Anthropic runs. Other tools that OpenAI would run are not offered. `strict` is for Anthropic's API to see to, where that keeps all that the schemas say and the answer has none of its own; else it has no effect, and is named. Taken as a chat or Anthropic has them, too.",
  ),
  tool_choice: honoured(
    "`auto`, `none`, `required`, a function, a custom tool, a web search, or `allowed_tools`. From Opus 5.5, Sonnet 5.5 and Fable 5.1 on, no model can be forced: it is asked for the call in words, and the field is named.",
  ),
  parallel_tool_calls: honoured("Whether one answer may hold several calls."),
  max_tool_calls: honoured("So many searches at most; your own functions do not count."),
  metadata: honoured("Comes back in the response."),
  background: honoured("Such a response must be stored. With `stream`, its stream can be picked up again."),
  conversation: refused("There are no conversation objects."),
  prompt: refused("There are no stored prompts."),
  include: approximated(
    "`web_search_call.action.sources` and `web_search_call.results` tell what was found; `reasoning.encrypted_content` tells what brings thinking back; `message.input_image.image_url` is always told. There is nothing more to include, such as probabilities.",
  ),
  truncation: withoutEffect("What is too long is an error, never cut.", "string", "disabled"),
  context_management: withoutEffect("Nothing is compacted unasked."),
  temperature: TEMPERATURE,
  top_p: withoutEffect(NO_SAMPLING, "number", 1),
  top_logprobs: withoutEffect("The API gives no probabilities.", "number", 0),
  service_tier: withoutEffect("Your plan decides.", "string", "auto"),
  user: withoutEffect("The server is for one person.", "string"),
  safety_identifier: withoutEffect("The server is for one person.", "string"),
  moderation: withoutEffect("Anthropic's own safeguards apply."),
  access_programs: withoutEffect("They are OpenAI's; Anthropic's own safeguards apply."),
  image: withoutEffect("The CLI decides how images are passed on."),
  multi_agent: withoutEffect("One model answers."),
  prompt_cache_key: withoutEffect("Prompts are cached by their content, always.", "string"),
  prompt_cache_options: withoutEffect("Prompts are cached by their content, always."),
  prompt_cache_retention: withoutEffect("The CLI decides.", "string"),
};

/** What becomes of each field of `response.create` on a WebSocket. */
export const SOCKET_PARAMETERS: Parameters = {
  ...PARAMETERS,
  type: honoured(
    "`response.create`. The other message there is, `response.steer`, is answered with `response.steer.failed`: nothing can be said to a response that is being written.",
  ),
  stream_id: honoured(
    "Requests of one name, or of none, are answered one after the other, those of several at once. Every event of the answer carries it.",
  ),
  generate: honoured(
    "With `false` the model is not asked: the response is empty, took no tokens, and can be gone on after.",
  ),
  stream: honoured("The answer is always streamed."),
  background: refused("`true` is possible with `POST` alone."),
};

/** What becomes of each parameter of GET /v1/responses/{id}/input_items. */
export const INPUT_ITEMS_PARAMETERS: Parameters = {
  after: honoured("The id of an item: those behind it are told."),
  limit: honoured("1 to 100, or 20 when it is left out."),
  order: honoured("`desc`, from the last item, or `asc`."),
  include: withoutEffect(
    "Items are told as they were sent, images with their URLs; there is nothing more to include.",
    undefined,
    "message.input_image.image_url",
  ),
};

/** What becomes of each parameter of GET /v1/responses/{id}. */
export const RETRIEVAL_PARAMETERS: Parameters = {
  stream: honoured(
    "`true` tells the events of a response that was created with `background` and `stream`, until ten minutes after its end.",
  ),
  starting_after: honoured("With `stream`: only the events after this sequence number."),
  include: approximated("Images of the input are told with their URLs anyway; there is nothing more to include."),
  include_obfuscation: withoutEffect("Obfuscation is not done.", undefined, "false"),
};
