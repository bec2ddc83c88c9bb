import { type Spelling, spelling } from "./spelling.ts";

const same = (sent: Spelling["sent"], textbook: Spelling["sent"], ...ignored: string[]): Spelling =>
  spelling(JSON.stringify(sent), sent, textbook, ...ignored);
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
const inSchema = { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } };
const inJson = { response_format: { type: "json_object" } };

/** Fields whose empty text says that they are not set. */
const EMPTY = [
  "reasoning_effort",
  "stop",
  "tool_choice",
  "response_format",
  "max_tokens",
  "n",
  "stream",
  "function_call",
  "modalities",
  "stream_options",
];

export const OPTION_SPELLINGS: readonly Spelling[] = [
  same(Object.fromEntries(EMPTY.map((field) => [field, ""])), {}),
  ...[0, -1, null, "", "-1"].map((max_tokens) => same({ max_tokens, max_completion_tokens: max_tokens }, {})),
  same({ max_tokens: "5000" }, { max_tokens: 5000 }),
  same({ max_output_tokens: 5000 }, { max_tokens: 5000 }),
  same({ n: 0 }, {}),
  same({ stop: [null, "END", ""] }, { stop: ["END"] }),
  same({ stop_sequences: ["END"] }, { stop: ["END"] }),
  same({ stream: "false", parallel_tool_calls: "" }, {}),
  same({ modalities: "text" }, {}),
  same({ stream_options: { include_usage: "true" } }, {}),

  ...["auto", "default", "AUTO"].map((reasoning_effort) => same({ reasoning_effort }, {})),
  same({ reasoning_effort: " High " }, { reasoning_effort: "high" }),
  same({ reasoning_effort: "off" }, { reasoning_effort: "none" }),
  same({ reasoning: { effort: "high" } }, { reasoning_effort: "high" }),
  same({ reasoning: { effort: "high", exclude: true } }, { reasoning_effort: "high" }, "reasoning.exclude"),
  same({ reasoning: { enabled: true } }, {}),
  same({ reasoning: { enabled: false, effort: "high" } }, { reasoning_effort: "none" }),
  same({ reasoning: { max_tokens: 16_384 } }, { reasoning_effort: "high" }),
  same({ reasoning: { effort: "low" }, reasoning_effort: "high" }, { reasoning_effort: "high" }, "reasoning"),
  same({ thinking: { type: "disabled" } }, { reasoning_effort: "none" }),
  same({ thinking: { type: "adaptive" } }, {}),
  same({ thinking: { type: "enabled", budget_tokens: 1024 } }, { reasoning_effort: "low" }),
  same({ thinking: { type: "enabled", budget_tokens: 8192 } }, { reasoning_effort: "medium" }),
  same({ thinking: { type: "enabled", budget_tokens: 31_999 } }, { reasoning_effort: "max" }),
  same({ output_config: { effort: "medium" }, thinking: { type: "adaptive" } }, { reasoning_effort: "medium" }),
  same({ think: false }, { reasoning_effort: "none" }),
  same({ think: "low" }, { reasoning_effort: "low" }),
  same({ enable_thinking: false }, { reasoning_effort: "none" }),
  same({ enable_thinking: true, thinking_budget: -1 }, {}),
  same({ chat_template_kwargs: { enable_thinking: false } }, { reasoning_effort: "none" }),
  same({ chat_template_kwargs: { thinking: true, documents: [] } }, {}, "chat_template_kwargs.documents"),

  ...["json", "json_object", { type: "json" }, { type: "JSON_OBJECT" }].map((response_format) =>
    same({ response_format }, inJson),
  ),
  ...[{}, { type: "" }, { type: null }, "text"].map((response_format) => same({ response_format }, {})),
  same({ response_format: { type: "json_schema", schema } }, inSchema),
  same({ response_format: { type: "json_object", schema } }, inSchema),
  same({ response_format: { type: "json_schema", json_schema: { schema } } }, inSchema),
  same({ response_format: { type: "json_schema", json_schema: schema } }, inSchema),
  same({ response_format: { json_schema: { name: "", schema, strict: true } } }, inSchema),
  same({ response_format: schema }, inSchema),
  same({ format: "json" }, inJson),
  same({ format: schema }, inSchema),
  same({ format: "json", ...inSchema }, inSchema),
];
