import { ABOUT_THE_ANSWER, ABOUT_THE_ANSWER_IF_TRUE } from "../not-counted.ts";
import type { Parameters } from "../parameter.ts";
import { PARAMETERS } from "./parameters.ts";

/** What becomes of each field of POST /v1/responses/input_tokens, which takes those of POST /v1/responses. */
export const INPUT_TOKENS_PARAMETERS: Parameters = {
  ...PARAMETERS,
  model: {
    treatment: "honoured",
    note: "Models count differently. Left out, it is that of `previous_response_id`, else that of `--default-model`.",
  },
  input: {
    treatment: "honoured",
    note: "As at `POST /v1/responses`, and it may end with the assistant. It may be left out where `instructions` or `previous_response_id` is given.",
  },
  instructions: { treatment: "honoured", note: "The beginning of the system prompt." },
  previous_response_id: {
    treatment: "honoured",
    note: "What a stored response was asked and answered is counted, too.",
  },
  text: {
    treatment: "refused",
    note: "Only a `format` of the type `text`; others are a 400, since their schema is not counted. `verbosity` is ignored.",
  },
  tool_choice: {
    treatment: "approximated",
    note: "With `allowed_tools` only these are counted. What Anthropic adds for others than `auto` is not, and they are named as ignored.",
  },
  store: { treatment: "ignored", note: "A count is not stored.", neutral: false },
  stream: ABOUT_THE_ANSWER_IF_TRUE,
  stream_options: ABOUT_THE_ANSWER,
  max_output_tokens: ABOUT_THE_ANSWER,
  reasoning: ABOUT_THE_ANSWER,
  parallel_tool_calls: { ...ABOUT_THE_ANSWER, neutral: true },
  metadata: { treatment: "ignored", note: "A count is not stored." },
  background: ABOUT_THE_ANSWER_IF_TRUE,
  include: ABOUT_THE_ANSWER,
  personality: { treatment: "ignored", note: "Claude has no presets of style; nothing is added to the prompt." },
};
