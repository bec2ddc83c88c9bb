import { type Samples, sent, shown, testsOf } from "./sample.ts";

const parameters = testsOf("test/e2e/parameters.test.ts");
const streaming = testsOf("test/e2e/streaming.test.ts");
const calls = testsOf("test/e2e/tool-calls.test.ts");
const search = testsOf("test/e2e/web-search.test.ts");
const nativeOutput = testsOf("test/e2e/native-output.test.ts");
const native = testsOf("test/e2e/native-output.test.ts");
const fidelity = testsOf("test/e2e/fidelity.test.ts");

const definition = { name: "f", parameters: { type: "object", properties: {} } };
const tools = [{ type: "function", function: definition }];
const old = calls("functions and function_call of old work, and are answered in their own form");
const choice = calls("what a request says of calling reaches the API natively");

/** What is sent to the chat's fields, and what shows its effect. */
export const CHAT_SAMPLES: Samples = {
  model: shown(parameters("every id, short name, prefix and alias reaches the model that it names"), "sonnet"),
  messages: shown(
    fidelity("each request to the model is exactly one client's request, in any order and two at a time"),
    [
      { role: "system", content: "s" },
      { role: "user", content: "a" },
    ],
  ),
  stream: shown(streaming("tokens are passed on while the model still writes"), true),
  stream_options: shown(
    streaming("usage comes in a chunk of its own without choices, only when asked for, and is null or absent before"),
    { include_usage: true },
    { stream: true },
  ),
  max_tokens: shown(
    parameters("max_tokens reaches the API, ends the answer with finish_reason length, and holds for one request only"),
    5,
  ),
  max_completion_tokens: shown(parameters("max_completion_tokens wins over max_tokens"), 5),
  reasoning_effort: shown(parameters("every reasoning_effort reaches the API as the nearest level there is"), "high"),
  stop: shown(parameters("a stop text goes to the API, and ends the answer just before it"), ["END"]),
  n: shown(nativeOutput("n answers are n turns, one choice each"), 2),
  response_format: shown(
    native("arrives as it is, without a tool and with the effort, and the answer is the model's text"),
    {
      type: "json_schema",
      json_schema: { name: "a", schema: { type: "object", properties: {} } },
    },
  ),
  modalities: sent(["audio"]),
  tools: shown(calls("with their raw JSON Schema, whatever it holds, and without one"), tools),
  functions: shown(old, [definition]),
  tool_choice: shown(choice, "required", { tools }),
  function_call: shown(old, "auto", { functions: [definition] }),
  parallel_tool_calls: shown(choice, false, { tools }),
  temperature: sent(0.2),
  top_p: sent(0.5),
  frequency_penalty: sent(0.5),
  presence_penalty: sent(-0.5),
  logit_bias: sent({ "50256": -100 }),
  seed: sent(7),
  logprobs: sent(true),
  top_logprobs: sent(5),
  verbosity: sent("low"),
  audio: sent({ format: "wav", voice: "alloy" }),
  prediction: sent({ type: "content", content: "a" }),
  web_search_options: shown(search("in a chat, where its options, a tool or a plugin ask for it"), {
    search_context_size: "low",
  }),
  service_tier: sent("flex"),
  store: sent(true),
  metadata: sent({ a: "b" }),
  user: sent("me"),
  safety_identifier: sent("me"),
  moderation: sent({ model: "omni-moderation-latest" }),
  prompt_cache_key: sent("k"),
  prompt_cache_options: sent({ mode: "implicit" }),
  prompt_cache_retention: sent("24h"),
};
