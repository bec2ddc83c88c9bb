import { COUNTS_THINKING, MODEL_PARAMETER, NO_SAMPLING, type Parameters } from "../fields/parameter.ts";
import { TEMPERATURE } from "../fields/shared-fields.ts";

/** The table of the documentation, and of the response header, in one place. */
export const PARAMETERS: Parameters = {
  model: MODEL_PARAMETER,
  messages: {
    treatment: "honoured",
    note: "Text, images, files, tool calls and their results, in all roles and in any spelling with a plain meaning, as native turns. Thinking goes back to the model by the `reasoning_details` that it came with. Sound is left out, and named; alone it is a 400. The last word may be the assistant's: the answer goes on after it.",
  },
  stream: { treatment: "honoured", note: "Real token deltas as the model writes them." },
  stream_options: { treatment: "approximated", note: "`include_usage` is honoured; obfuscation is not done." },
  max_tokens: {
    treatment: "honoured",
    note: `${COUNTS_THINKING} The model's own maximum is the upper bound; 0 and less set none.`,
  },
  max_completion_tokens: {
    treatment: "honoured",
    note: "Wins over `max_tokens` when both are given; `max_output_tokens` is read where neither is.",
  },
  reasoning_effort: {
    treatment: "approximated",
    note: "`minimal` becomes `low`, the lowest level there is; `none` is that and as little thinking as the model allows, which is some from Opus 5.5 and with every Fable; `auto` and `default` set none. A level that the model has not is the nearest it has. Read, too, from `reasoning`, `thinking`, `think`, `enable_thinking`, `thinking_budget`, `output_config` and `chat_template_kwargs`; a budget becomes the nearest level.",
  },
  stop: {
    treatment: "honoured",
    note: "Also across chunks, and also when it is only white space; any number of texts. `stop_sequences` means the same.",
  },
  n: { treatment: "honoured", note: "1 to 8. Each choice is asked apart, so the prompt counts once for each." },
  response_format: {
    treatment: "honoured",
    note: "`text`, `json_object`, and `json_schema`, strict or not, with a schema whose root is an object, also without a name, flat or as the schema itself. `format` means the same. Kept by Anthropic's API, or, where that does not take all of the schema, by the CLI.",
  },
  modalities: { treatment: "refused", note: 'Only `["text"]`.' },
  tools: {
    treatment: "honoured",
    note: "Functions, in any program's form, and `custom` ones: a grammar is told to the model, not enforced. A web search is offered, in any program's form; other tools that a provider runs are left out, and named as `tools.file_search`. `strict` has no effect.",
  },
  web_search_options: {
    treatment: "approximated",
    note: "Lets the model search the web. `search_context_size` bounds the searches: 1, 5 or 10. `user_location` is honoured.",
  },
  functions: {
    treatment: "honoured",
    note: "The old form of `tools`; it is answered in the old form, but beside the same `tools`. Beside others it is a 400.",
  },
  tool_choice: {
    treatment: "honoured",
    note: "`auto`, `none`, `required` or `any`, a tool by its name, or `allowed_tools`. From Opus 5.5, Sonnet 5.5 and Fable 5.1 on, no model can be forced: it is asked for the call in words, and the field is named. Where there are no tools it is left out, and named.",
  },
  function_call: { treatment: "honoured", note: "The old form of `tool_choice`." },
  parallel_tool_calls: { treatment: "honoured", note: "Whether one answer may hold several calls." },
  temperature: TEMPERATURE,
  top_p: { treatment: "ignored", takes: "number", note: NO_SAMPLING, neutral: 1 },
  frequency_penalty: { treatment: "ignored", takes: "number", note: NO_SAMPLING, neutral: 0 },
  presence_penalty: { treatment: "ignored", takes: "number", note: NO_SAMPLING, neutral: 0 },
  logit_bias: { treatment: "ignored", takes: "object", note: NO_SAMPLING },
  seed: { treatment: "ignored", takes: "number", note: NO_SAMPLING },
  logprobs: {
    treatment: "ignored",
    takes: "boolean",
    note: "The API gives none; `logprobs` in the answer is null.",
    neutral: false,
  },
  top_logprobs: { treatment: "ignored", takes: "number", note: "See `logprobs`.", neutral: 0 },
  verbosity: { treatment: "ignored", takes: "string", note: "Say it in the system prompt.", neutral: "medium" },
  audio: { treatment: "ignored", note: "Answers are text." },
  prediction: { treatment: "ignored", note: "Answers are written anew." },
  service_tier: { treatment: "ignored", takes: "string", note: "Your plan decides.", neutral: "auto" },
  store: { treatment: "ignored", takes: "boolean", note: "Nothing is stored.", neutral: false },
  metadata: { treatment: "ignored", takes: "object", note: "Nothing is stored." },
  user: { treatment: "ignored", takes: "string", note: "The server is for one person." },
  safety_identifier: { treatment: "ignored", takes: "string", note: "The server is for one person." },
  moderation: { treatment: "ignored", note: "Anthropic's own safeguards apply." },
  prompt_cache_key: { treatment: "ignored", takes: "string", note: "Prompts are cached by their content, always." },
  prompt_cache_options: { treatment: "ignored", note: "Prompts are cached by their content, always." },
  prompt_cache_retention: { treatment: "ignored", takes: "string", note: "The CLI decides." },
};
