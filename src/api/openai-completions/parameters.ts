import { MODEL_PARAMETER, NO_SAMPLING, type Parameters } from "../fields/parameter.ts";
import { TEMPERATURE } from "../fields/shared-fields.ts";
import { MAX_TURNS } from "./wire.ts";

/** What becomes of each field of POST /v1/completions. */
export const PARAMETERS: Parameters = {
  model: MODEL_PARAMETER,
  prompt: {
    treatment: "approximated",
    note: "A text or a list of texts, each asked apart, with an instruction to go on with it; token arrays are a 400.",
  },
  suffix: { treatment: "approximated", note: "The model gets both parts, and is told to write what belongs between." },
  echo: { treatment: "honoured", note: "The prompt stands before the answer, in a stream as its first piece." },
  stream: { treatment: "honoured", note: "Real token deltas as the model writes them." },
  stream_options: { treatment: "approximated", note: "`include_usage` is honoured; obfuscation is not done." },
  max_tokens: {
    treatment: "approximated",
    note: "Honoured; when it is left out, the model's own maximum holds, not OpenAI's 16.",
  },
  stop: { treatment: "honoured", note: "Also across chunks, and also when it is only white space." },
  n: {
    treatment: "honoured",
    note: `1 to 8 for each prompt, and at most ${MAX_TURNS} choices in all. Each is asked apart, so the prompt counts once for each.`,
  },
  best_of: { treatment: "refused", note: "Only the value of `n`: there are no probabilities to choose the best by." },
  logprobs: { treatment: "ignored", takes: "boolean", note: "The API gives none; `logprobs` in the answer is null." },
  temperature: TEMPERATURE,
  top_p: { treatment: "ignored", takes: "number", note: NO_SAMPLING, neutral: 1 },
  frequency_penalty: { treatment: "ignored", takes: "number", note: NO_SAMPLING, neutral: 0 },
  presence_penalty: { treatment: "ignored", takes: "number", note: NO_SAMPLING, neutral: 0 },
  logit_bias: { treatment: "ignored", takes: "object", note: NO_SAMPLING },
  seed: { treatment: "ignored", takes: "number", note: NO_SAMPLING },
  user: { treatment: "ignored", takes: "string", note: "The server is for one person." },
};
