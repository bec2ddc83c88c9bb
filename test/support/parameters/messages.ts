import { type Samples, sent, shown, testsOf } from "./sample.ts";

const parameters = testsOf("test/e2e/dialect-parameters.test.ts");
const native = testsOf("test/e2e/messages-native.test.ts");
const sdk = testsOf("test/e2e/anthropic-sdk.test.ts");

const tools = [{ name: "f", input_schema: { type: "object", properties: {} } }];
const format = { type: "json_schema", schema: { type: "object", properties: {} } };
const asTheyAre = native("container, context_management and mcp_servers reach the API as they are");
const carried = sdk("carries the system prompt, the turns and the stop sequences as they are");
const structured = parameters("output_format, and output_config with its effort, give JSON at that effort");

/** What is sent to the Messages API's fields, and what shows its effect. */
export const MESSAGES_SAMPLES: Samples = {
  model: shown(parameters("model reaches the model that it names"), "sonnet"),
  max_tokens: shown(parameters("max_tokens reaches the API, and ends the answer"), 50),
  messages: shown(parameters("messages arrive as native turns: images, documents, calls and their results"), [
    { role: "user", content: [{ type: "text", text: "a" }] },
  ]),
  system: shown(carried, [{ type: "text", text: "Be brief." }]),
  stream: shown(parameters("stream passes tokens on while the model still writes"), true),
  stop_sequences: shown(carried, ["END"]),
  thinking: shown(parameters("thinking becomes the nearest effort, and is told unless it is to be omitted"), {
    type: "enabled",
    budget_tokens: 2000,
  }),
  output_config: shown(structured, { effort: "high", format }),
  output_format: shown(structured, format),
  tools: shown(parameters("tools and tool_choice reach the API natively"), tools),
  tool_choice: shown(parameters("tools and tool_choice reach the API natively"), { type: "any" }, { tools }),
  mcp_servers: shown(asTheyAre, [{ type: "url", url: "https://example.com/mcp", name: "m" }]),
  compaction: shown(native("a compaction is asked for, and is the whole answer"), { type: "summarize" }),
  thread: sent({ type: "create" }),
  billing_policy: sent({ type: "billing_policy", bill_to: "user_profile" }),
  temperature: sent(0.2),
  top_p: sent(0.5),
  top_k: sent(5),
  cache_control: shown(
    native("marks for the cache are the CLI's, however many a client has, and one of an hour on its tools"),
    { type: "ephemeral" },
  ),
  metadata: sent({ user_id: "me" }),
  service_tier: sent("standard_only"),
  speed: sent("fast"),
  inference_geo: sent("us"),
  fallbacks: sent("default"),
  fallback_credit_token: sent("t"),
  container: shown(asTheyAre, "container_1"),
  context_management: shown(asTheyAre, { edits: [{ type: "clear_tool_uses_20250919" }] }),
  diagnostics: sent({ previous_message_id: null }),
};

const counted = testsOf("test/api/anthropic-messages/routes.test.ts")(
  "of what a message would be asked with, and the answer says how",
);

/** What is sent to be counted, and what shows that it is. */
export const COUNT_SAMPLES: Samples = {
  ...MESSAGES_SAMPLES,
  model: shown(counted, "sonnet"),
  messages: shown(counted, [
    { role: "user", content: [{ type: "text", text: "a" }] },
    { role: "assistant", content: "b" },
  ]),
  system: shown(counted, [{ type: "text", text: "Be brief." }]),
  tools: shown(counted, tools),
  output_config: sent({ format }),
  output_format: sent(format),
  mcp_servers: sent([{ type: "url", url: "https://example.com/mcp", name: "m" }]),
  container: sent("container_1"),
  context_management: sent({ edits: [{ type: "clear_tool_uses_20250919" }] }),
  compaction: sent({ type: "summarize" }),
  tool_choice: sent({ type: "any" }),
};
