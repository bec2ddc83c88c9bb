const model = "claude-sonnet-4";
const schema = { type: "object", properties: { a: { type: "string" } } };

/** A body for each path that takes a conversation, with most of what it may hold. */
export const TEXTBOOK_BODIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "/v1/chat/completions": {
    model,
    stop: ["x"],
    stream_options: { include_usage: true },
    reasoning_effort: "low",
    response_format: { type: "json_schema", json_schema: { name: "a", schema } },
    tools: [{ type: "function", function: { name: "f", description: "d", parameters: schema } }],
    tool_choice: { type: "function", function: { name: "f" } },
    messages: [
      { role: "system", content: [{ type: "text", text: "s" }] },
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
      { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "c", content: "r" },
    ],
  },
  "/v1/completions": { model, prompt: ["a"], stop: ["b"], suffix: "c", n: 1, stream_options: { include_usage: true } },
  "/v1/responses": {
    model,
    instructions: "i",
    reasoning: { effort: "low" },
    text: { format: { type: "json_schema", name: "a", schema } },
    tools: [
      { type: "function", name: "f", parameters: schema },
      { type: "custom", name: "g" },
    ],
    tool_choice: { type: "function", name: "f" },
    metadata: { a: "b" },
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "t" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "r" },
      { type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "s" }] },
    ],
  },
  "/v1/messages": {
    model,
    max_tokens: 10,
    system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
    thinking: { type: "enabled", budget_tokens: 1024 },
    tools: [{ name: "f", description: "d", input_schema: schema }],
    tool_choice: { type: "tool", name: "f" },
    stop_sequences: ["x"],
    messages: [
      { role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }] },
      { role: "assistant", content: [{ type: "tool_use", id: "c", name: "f", input: { a: 1 } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: "r" }] }] },
    ],
  },
};
