import {
  approximated,
  honoured,
  MODEL_PARAMETER,
  NO_SAMPLING,
  type Parameters,
  refused,
  withoutEffect,
} from "../fields/parameter.ts";
import { TEMPERATURE } from "../fields/shared-fields.ts";
import { MAX_TURNS } from "./wire.ts";

/** What becomes of each field of POST /v1/completions. */
export const PARAMETERS: Parameters = {
  model: MODEL_PARAMETER,
  prompt: approximated(
    "A text or a list of texts, each asked apart, with an instruction to go on with it; token arrays are a 400.",
  ),
  suffix: approximated("The model gets both parts, and is told to write what belongs between."),
  echo: honoured("The prompt stands before the answer, in a stream as its first piece."),
  stream: honoured("Real token deltas as the model writes them."),
  stream_options: approximated("`include_usage` is honoured; obfuscation is not done."),
  max_tokens: approximated("Honoured; when it is left out, the model's own maximum holds, not OpenAI's 16."),
  stop: honoured("Also across chunks, and also when it is only white space."),
  n: honoured(
    `1 to 8 for each prompt, and at most ${MAX_TURNS} choices in all. Each is asked apart, so the prompt counts once for each.`,
  ),
  best_of: refused("Only the value of `n`: there are no probabilities to choose the best by."),
  logprobs: withoutEffect("The API gives none; `logprobs` in the answer is null.", "boolean"),
  temperature: TEMPERATURE,
  top_p: withoutEffect(NO_SAMPLING, "number", 1),
  frequency_penalty: withoutEffect(NO_SAMPLING, "number", 0),
  presence_penalty: withoutEffect(NO_SAMPLING, "number", 0),
  logit_bias: withoutEffect(NO_SAMPLING, "object"),
  seed: withoutEffect(NO_SAMPLING, "number"),
  user: withoutEffect("The server is for one person.", "string"),
};
