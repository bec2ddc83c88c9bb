import { type Samples, sent, shown, testsOf } from "./sample.ts";

const completions = testsOf("test/e2e/completions.test.ts");
const routes = testsOf("test/api/openai-completions/routes.test.ts");

const choices = routes("of several prompts has a choice each, times n, and the usage of all");
const streamed = routes("is streamed with the prompt first, and with usage last, when the client asks for these");

/** What is sent to a completion's fields, and what shows its effect. */
export const COMPLETIONS_SAMPLES: Samples = {
  model: shown(
    completions(
      "reaches the model that it names as one user turn, with the instruction as system prompt, and costs one request",
    ),
    "sonnet",
  ),
  prompt: shown(choices, ["a", "b"]),
  suffix: shown(completions("with a suffix has both parts in its turn"), "z"),
  echo: shown(streamed, true),
  stream: shown(routes("is streamed piece by piece, to the finish reason and [DONE]"), true),
  stream_options: shown(streamed, { include_usage: true }, { stream: true }),
  max_tokens: shown(
    completions("does not think, so that max_tokens is spent on the text; without it the model's own maximum holds"),
    5,
  ),
  stop: shown(completions("ends at a stop text"), ["END"]),
  n: shown(choices, 2),
  best_of: sent(2),
  logprobs: sent(5),
  temperature: sent(0.2),
  top_p: sent(0.5),
  frequency_penalty: sent(0.5),
  presence_penalty: sent(-0.5),
  logit_bias: sent({ "50256": -100 }),
  seed: sent(7),
  user: sent("me"),
};
