import { END, type EventStream } from "../../fixtures/chat-events.ts";

type Wish = NonNullable<EventStream["asksFor"]>;

export type Dialect = {
  readonly path: string;
  /** What every request has. */
  readonly fields: object;
  /** What a request has more that asks for this; a dialect that cannot ask for it is not tried with such a stream. */
  readonly wishes: Readonly<Partial<Record<Wish, object>>>;
};

const parameters = { type: "object", properties: { city: { type: "string" } } };
const schema = { ...parameters, required: ["city"], additionalProperties: false };
const functions = [{ name: "get_weather", parameters }, { name: "now" }];

export const DIALECTS: Readonly<Record<string, Dialect>> = {
  "openai-chat": {
    path: "/v1/chat/completions",
    fields: { model: "opus", messages: [{ role: "user", content: "hi" }], stream_options: { include_usage: true } },
    wishes: {
      tools: { tools: functions.map((definition) => ({ type: "function", function: definition })) },
      "a search": { web_search_options: {} },
      "structured output": { response_format: { type: "json_schema", json_schema: { name: "place", schema } } },
      "an end": { stop: END },
    },
  },
  "openai-completions": {
    path: "/v1/completions",
    fields: { model: "opus", prompt: "hi", stream_options: { include_usage: true } },
    wishes: { "an end": { stop: END } },
  },
  "openai-responses": {
    path: "/v1/responses",
    fields: { model: "opus", input: "hi", reasoning: { summary: "auto" } },
    // There is no way to ask for an end.
    wishes: {
      tools: { tools: functions.map((definition) => ({ type: "function", ...definition })) },
      "a search": { tools: [{ type: "web_search" }], include: ["web_search_call.action.sources"] },
      "structured output": { text: { format: { type: "json_schema", name: "place", schema } } },
    },
  },
  "anthropic-messages": {
    path: "/v1/messages",
    fields: {
      model: "opus",
      max_tokens: 1000,
      messages: [{ role: "user", content: "hi" }],
      thinking: { type: "adaptive" },
    },
    wishes: {
      tools: { tools: functions.map(({ name }) => ({ name, input_schema: parameters })) },
      "a search": { tools: [{ type: "web_search_20250305", name: "web_search" }] },
      "structured output": { output_config: { format: { type: "json_schema", schema } } },
      "an end": { stop_sequences: [END] },
    },
  },
};
