import { ABOUT_THE_ANSWER, ABOUT_THE_ANSWER_IF_TRUE } from "../not-counted.ts";
import type { Parameter, Parameters } from "../parameter.ts";
import { PARAMETERS } from "./parameters.ts";

/** The CLI has the conversation counted as it would be told alone. */
const NOT_ASKED: Parameter = { treatment: "ignored", note: "What it adds, or takes away, is not counted." };

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
  mcp_servers: NOT_ASKED,
  container: NOT_ASKED,
  context_management: NOT_ASKED,
  compaction: ABOUT_THE_ANSWER,
  tools: {
    treatment: "honoured",
    note: "Your own, but for `input_examples`. Anthropic's are not counted, and named.",
  },
  tool_choice: { treatment: "ignored", note: "What Anthropic adds for it is not counted." },
};
