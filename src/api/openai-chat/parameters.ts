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

/** The table of the documentation, and of the response header, in one place. */
export const PARAMETERS: Parameters = {
  model: MODEL_PARAMETER,
  messages: honoured(
    "Text, images, files, tool calls and their results, in all roles and in any spelling with a plain meaning, as native turns. Thinking goes back to the model by the `reasoning_details` that it came with. Sound is left out, and named; alone it is a 400. The last word may be the assistant's: the answer goes on after it.",
  ),
  stream: honoured("Real token deltas as the model writes them."),
  stream_options: approximated("`include_usage` is honoured; obfuscation is not done."),
  max_tokens: honoured(`${COUNTS_THINKING} The model's own maximum is the upper bound; 0 and less set none.`),
  max_completion_tokens: honoured(
    "Wins over `max_tokens` when both are given; `max_output_tokens` is read where neither is.",
  ),
  reasoning_effort: approximated(
    "`minimal` becomes `low`, the lowest level there is; `none` is that and as little thinking as the model allows, which is some from Opus 5.5 and with every Fable; `auto` and `default` set none. A level that the model has not is the nearest it has. Read, too, from `reasoning`, `thinking`, `think`, `enable_thinking`, `thinking_budget`, `output_config` and `chat_template_kwargs`; a budget becomes the nearest level.",
  ),
  stop: honoured(
    "Also across chunks, and also when it is only white space; any number of texts. `stop_sequences` means the same.",
  ),
  n: honoured("1 to 8. Each choice is asked apart, so the prompt counts once for each."),
  response_format: honoured(
    "`text`, `json_object`, and `json_schema`, strict or not, with a schema whose root is an object, also without a name, flat or as the schema itself. `format` means the same. Kept by Anthropic's API, or, where that does not take all of the schema, by the CLI.",
  ),
  modalities: refused('Only `["text"]`.'),
  tools: honoured(
    "Functions, in any program's form, and `custom` ones: a grammar is told to the model, not enforced. A web search is offered, in any program's form; other tools that a provider runs are left out, and named as `tools.file_search`. `strict` is for Anthropic's API to see to, where that keeps all that the schemas say and the answer has none of its own; else it has no effect, and is named.",
  ),
  web_search_options: approximated(
    "Lets the model search the web. `search_context_size` bounds the searches: 1, 5 or 10. `user_location` is honoured.",
  ),
  functions: honoured(
    "The old form of `tools`; it is answered in the old form, but beside the same `tools`. Beside others it is a 400.",
  ),
  tool_choice: honoured(
    "`auto`, `none`, `required` or `any`, a tool by its name, or `allowed_tools`. From Opus 5.5, Sonnet 5.5 and Fable 5.1 on, no model can be forced: it is asked for the call in words, and the field is named. Where there are no tools it is left out, and named.",
  ),
  function_call: honoured("The old form of `tool_choice`."),
  parallel_tool_calls: honoured("Whether one answer may hold several calls."),
  temperature: TEMPERATURE,
  top_p: withoutEffect(NO_SAMPLING, "number", 1),
  frequency_penalty: withoutEffect(NO_SAMPLING, "number", 0),
  presence_penalty: withoutEffect(NO_SAMPLING, "number", 0),
  logit_bias: withoutEffect(NO_SAMPLING, "object"),
  seed: withoutEffect(NO_SAMPLING, "number"),
  logprobs: withoutEffect("The API gives none; `logprobs` in the answer is null.", "boolean", false),
  top_logprobs: withoutEffect("See `logprobs`.", "number", 0),
  verbosity: withoutEffect("Say it in the system prompt.", "string", "medium"),
  audio: withoutEffect("Answers are text."),
  prediction: withoutEffect("Answers are written anew."),
  service_tier: withoutEffect("Your plan decides.", "string", "auto"),
  store: withoutEffect("Nothing is stored.", "boolean", false),
  metadata: withoutEffect("Nothing is stored.", "object"),
  user: withoutEffect("The server is for one person.", "string"),
  safety_identifier: withoutEffect("The server is for one person.", "string"),
  moderation: withoutEffect("Anthropic's own safeguards apply."),
  prompt_cache_key: withoutEffect("Prompts are cached by their content, always.", "string"),
  prompt_cache_options: withoutEffect("Prompts are cached by their content, always."),
  prompt_cache_retention: withoutEffect("The CLI decides.", "string"),
};
