import { ABOUT_THE_ANSWER, ABOUT_THE_ANSWER_IF_TRUE } from "../not-counted.ts";
import type { Parameters } from "../parameter.ts";
import { PARAMETERS } from "./parameters.ts";

/** What becomes of each field of POST /v1/messages/count_tokens, which takes those of POST /v1/messages. */
export const COUNT_PARAMETERS: Parameters = {
  ...PARAMETERS,
  messages: {
    treatment: "honoured",
    note: "As at `POST /v1/messages`, and they may end with the assistant. Thinking is not counted, and named.",
  },
  max_tokens: ABOUT_THE_ANSWER,
  stream: ABOUT_THE_ANSWER_IF_TRUE,
  stop_sequences: ABOUT_THE_ANSWER,
  thinking: ABOUT_THE_ANSWER,
  output_config: {
    treatment: "refused",
    note: "`format` is a 400: its schema is not counted. `effort` has no effect, and is named.",
  },
  output_format: { treatment: "refused", note: "A 400: its schema is not counted." },
  tool_choice: { treatment: "ignored", note: "What Anthropic adds for it is not counted." },
};
