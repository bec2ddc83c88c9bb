/** What an operation is shown with: a request, and what comes back. */
export type Example = {
  readonly body?: object;
  /** How its dialect's SDK sends that, in Python and JavaScript; absent: there is none, and plain HTTP is shown. */
  readonly sdk?: { readonly kind: "openai" | "anthropic"; readonly call: string };
  readonly answer?: object;
  /** The lines of an answer with `"stream": true`, shortened. */
  readonly stream?: string;
};

const MODEL = "claude-sonnet-4";
const ANSWERED_BY = "claude-sonnet-5-5";
const CREATED = 1_790_000_000;
const HELLO = [{ role: "user", content: "Hello!" }];
const OPENAI_USAGE = {
  prompt_tokens: 10,
  completion_tokens: 12,
  total_tokens: 22,
  prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
};
const ANTHROPIC_USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 12,
};
const MODEL_ENTRY = {
  id: MODEL,
  object: "model",
  created: CREATED,
  owned_by: "anthropic",
  display_name: "Claude Sonnet",
  resolved_model: ANSWERED_BY,
  context_length: 1_000_000,
  context_window: 1_000_000,
  max_input_tokens: 1_000_000,
  max_output_tokens: 128_000,
  max_completion_tokens: 128_000,
  max_tokens: 128_000,
  capabilities: {},
};

const openai = (call: string) => ({ kind: "openai", call }) as const;
const anthropic = (call: string) => ({ kind: "anthropic", call }) as const;

/** By method and path. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  "POST /v1/chat/completions": {
    body: { model: MODEL, messages: HELLO },
    sdk: openai("chat.completions.create"),
    answer: {
      id: "chatcmpl-01AbC",
      object: "chat.completion",
      created: CREATED,
      model: ANSWERED_BY,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello! How can I help?", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: OPENAI_USAGE,
    },
    stream: `data: {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hello"}, …}], …}

data: {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop", …}], …}

data: [DONE]`,
  },
  "POST /v1/completions": {
    body: { model: MODEL, prompt: "Once upon a time" },
    sdk: openai("completions.create"),
    answer: {
      id: "cmpl-01AbC",
      object: "text_completion",
      created: CREATED,
      model: ANSWERED_BY,
      choices: [{ text: ", there was", index: 0, logprobs: null, finish_reason: "stop" }],
      usage: OPENAI_USAGE,
    },
  },
  "POST /v1/responses": {
    body: { model: MODEL, input: "Hello!" },
    sdk: openai("responses.create"),
    answer: {
      id: "resp_0123",
      object: "response",
      created_at: CREATED,
      status: "completed",
      model: ANSWERED_BY,
      output: [
        {
          id: "msg_0123_0",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", text: "Hello! How can I help?", annotations: [], logprobs: [] }],
        },
      ],
      usage: { input_tokens: 10, output_tokens: 12, total_tokens: 22 },
    },
    stream: `event: response.output_text.delta
data: {"type": "response.output_text.delta", "item_id": "msg_0123_0", "delta": "Hello", …}

event: response.completed
data: {"type": "response.completed", "response": {"id": "resp_0123", "status": "completed", …}, …}`,
  },
  "POST /v1/responses/input_tokens": {
    body: { model: MODEL, input: "Hello!" },
    sdk: openai("responses.input_tokens.count"),
    answer: { object: "response.input_tokens", input_tokens: 10 },
  },
  "POST /v1/messages": {
    body: { model: MODEL, max_tokens: 1024, messages: HELLO },
    sdk: anthropic("messages.create"),
    answer: {
      id: "msg_01AbC",
      type: "message",
      role: "assistant",
      model: ANSWERED_BY,
      content: [{ type: "text", text: "Hello! How can I help?" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: ANTHROPIC_USAGE,
    },
    stream: `event: content_block_delta
data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}}

event: message_stop
data: {"type": "message_stop"}`,
  },
  "POST /v1/messages/count_tokens": {
    body: { model: MODEL, messages: HELLO },
    sdk: anthropic("messages.count_tokens"),
    answer: { input_tokens: 10 },
  },
  "GET /v1/models": { sdk: openai("models.list"), answer: { object: "list", data: [MODEL_ENTRY] } },
};

/** A request in three languages, as it is sent to a server with this origin. */
export function snippets(method: string, path: string, origin: string): Readonly<Record<string, string>> {
  const { body, sdk } = EXAMPLES[`${method} ${path}`] ?? {};
  const url = origin + path.replace("{id}", path.startsWith("/v1/models/") ? MODEL : "ID");
  return {
    curl: curl(method, url, body),
    Python: sdk ? pythonSdk(sdk, body, origin) : plainPython(method, url),
    JavaScript: sdk ? javascriptSdk(sdk, body, origin) : plainJavascript(method, url),
  };
}

type Sdk = NonNullable<Example["sdk"]>;

/** Of a server without keys any will do. */
const KEY = "any-key-works";

function curl(method: string, url: string, body: object | undefined): string {
  const verb = method === "GET" || body !== undefined ? "" : `-X ${method} `;
  const lines = [
    `curl ${verb}${url}`,
    `  -H "Authorization: Bearer ${KEY}"`,
    ...(body === undefined ? [] : ['  -H "Content-Type: application/json"', `  -d '${JSON.stringify(body)}'`]),
  ];
  return lines.join(" \\\n");
}

function pythonSdk({ kind, call }: Sdk, body: object | undefined, origin: string): string {
  const client =
    kind === "openai"
      ? `from openai import OpenAI\n\nclient = OpenAI(base_url="${origin}/v1", api_key="${KEY}")`
      : `from anthropic import Anthropic\n\nclient = Anthropic(base_url="${origin}", api_key="${KEY}")`;
  const fields = Object.entries(body ?? {}).map(([name, value]) => `    ${name}=${JSON.stringify(value)},\n`);
  return `${client}\nprint(client.${call}(${fields.length > 0 ? `\n${fields.join("")}` : ""}))`;
}

function javascriptSdk({ kind, call }: Sdk, body: object | undefined, origin: string): string {
  const client =
    kind === "openai"
      ? `import OpenAI from "openai";\n\nconst client = new OpenAI({ baseURL: "${origin}/v1", apiKey: "${KEY}" });`
      : `import Anthropic from "@anthropic-ai/sdk";\n\nconst client = new Anthropic({ baseURL: "${origin}", apiKey: "${KEY}" });`;
  // The SDKs in JavaScript write names of several words in their own way.
  const method = call.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const argument = body === undefined ? "" : JSON.stringify(body, null, 2).replace(/"(\w+)":/g, "$1:");
  return `${client}\nconsole.log(await client.${method}(${argument}));`;
}

function plainPython(method: string, url: string): string {
  const verb = method === "GET" ? "" : `, method="${method}"`;
  return `from urllib.request import Request, urlopen

request = Request("${url}"${verb}, headers={"Authorization": "Bearer ${KEY}"})
print(urlopen(request).read().decode())`;
}

function plainJavascript(method: string, url: string): string {
  const verb = method === "GET" ? "" : `method: "${method}", `;
  return `const answer = await fetch("${url}", { ${verb}headers: { Authorization: "Bearer ${KEY}" } });
console.log(await answer.text());`;
}
