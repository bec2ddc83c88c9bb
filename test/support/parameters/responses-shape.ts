import { type Samples, sent, shown, testsOf } from "./sample.ts";

const tests = testsOf("test/api/openai-chat/from-responses/from-responses.test.ts");
const inOtherWords = tests(
  "input, instructions, max_output_tokens, reasoning and text mean what the chat's fields for them mean",
);

const flatTools = tests("tools, tool_choice and parallel_tool_calls mean what the chat's fields of these names mean");

const tools = [{ type: "function", name: "f", parameters: { type: "object", properties: {} } }];

/** What is sent to the chat in the words of the Responses API, where these differ, and what shows its effect. */
export const RESPONSES_SHAPE_SAMPLES: Samples = {
  input: shown(inOtherWords, [{ role: "user", content: [{ type: "input_text", text: "a" }] }]),
  instructions: shown(inOtherWords, "Be kind."),
  max_output_tokens: shown(inOtherWords, 5),
  reasoning: shown(inOtherWords, { effort: "high" }),
  text: shown(inOtherWords, { format: { type: "json_object" } }),
  tools: shown(flatTools, tools),
  tool_choice: shown(flatTools, "required", { tools }),
  parallel_tool_calls: shown(flatTools, false, { tools }),
  previous_response_id: sent("resp_1"),
  conversation: sent("conv_1"),
  prompt: sent({ id: "pmpt_1" }),
  background: sent(true),
  include: sent(["reasoning.encrypted_content"]),
  truncation: sent("auto"),
  context_management: sent([{ type: "compaction", compact_threshold: 1000 }]),
  max_tool_calls: sent(3),
  access_programs: sent({ cyber: "standard" }),
  image: sent({ context_compression: "enabled" }),
  multi_agent: sent({ enabled: true }),
};
