import fc from "fast-check";
import { readStreamedMessage, type ToolCall, type ToolMessage } from "./tools.ts";

// One conversation, kept in chats' words, and told to the server in any dialect.

export type Message = { role: string; content: unknown; tool_calls?: ToolCall[]; tool_call_id?: string };

/** What a client asks, as a chat. */
export type Question = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly { readonly function: object }[];
  readonly max_tokens?: number | undefined;
};

export type Dialect = "chat" | "responses" | "chain" | "messages";
export const anyDialect: fc.Arbitrary<Dialect> = fc.constantFrom("chat", "responses", "chain", "chain", "messages");

/** A client that may speak another dialect with each of its requests. */
export class DialectClient {
  readonly #url: string;
  /** What was said up to the end of the last stored response, each message as JSON. */
  #stored: { readonly id: string; readonly said: readonly string[] } | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * The answer's message. Fails on any other status than 200. But for Anthropic's dialect it is streamed: for questions alone that are not,
   * other processes may be started.
   */
  async ask(dialect: Dialect, question: Question, signal?: AbortSignal): Promise<ToolMessage> {
    switch (dialect) {
      case "chat":
        return chatMessage(await this.#post("/v1/chat/completions", { ...question, stream: true }, signal));
      case "messages":
        return anthropicMessage(await (await this.#post("/v1/messages", asMessages(question), signal)).json());
      case "responses":
      case "chain": {
        const said = question.messages.map((message) => JSON.stringify(message));
        const before = dialect === "chain" && this.#stored ? this.#stored : NOTHING;
        const goesOn =
          before.said.length < said.length && before.said.every((message, index) => message === said[index]);
        const sent = goesOn ? question.messages.slice(before.said.length) : question.messages;
        const previous_response_id = goesOn ? before.id : undefined;
        const body = { ...asResponse(question, sent), previous_response_id, stream: true };
        const answer = await lastResponse(await this.#post("/v1/responses", body, signal));
        const message = responseMessage(answer);
        this.#stored = { id: answer.id, said: [...said, JSON.stringify(message)] };
        return message;
      }
    }
  }

  async #post(path: string, body: object, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
    if (response.status !== 200) throw new Error(`${path}: status ${response.status}: ${await response.text()}`);
    return response;
  }
}

const NOTHING = { id: undefined, said: [] };

type Part = { readonly type: string; readonly text?: string; readonly image_url?: { readonly url: string } };
const isText = (content: unknown): content is string => typeof content === "string";
const partsOf = (content: unknown): readonly Part[] => (Array.isArray(content) ? content : []);
const systemOf = ({ messages }: Question) => messages.find(({ role }) => role === "system")?.content;

function asResponse(question: Question, messages: readonly Message[]) {
  return {
    model: question.model,
    instructions: systemOf(question),
    input: messages.flatMap(asItems),
    tools: question.tools?.map((tool) => ({ type: "function", ...tool.function })),
    max_output_tokens: question.max_tokens,
  };
}

function asItems({ role, content, tool_calls = [], tool_call_id }: Message): object[] {
  const inputs = (from: unknown) =>
    isText(from)
      ? from
      : partsOf(from).map(({ text, image_url }) =>
          image_url ? { type: "input_image", image_url: image_url.url } : { type: "input_text", text },
        );
  if (role === "system") return [];
  if (role === "tool") return [{ type: "function_call_output", call_id: tool_call_id, output: inputs(content) }];
  return [
    ...(content === null || content === "" ? [] : [{ role, content: inputs(content) }]),
    ...tool_calls.map(({ id, function: called }) => ({ type: "function_call", call_id: id, ...called })),
  ];
}

type ResponseAnswer = { readonly id: string; readonly output: readonly ResponseItem[] };
/** The response that a stream comes to. Fails where it does. */
async function lastResponse(stream: Response): Promise<ResponseAnswer> {
  const body = await stream.text();
  const last = body
    .match(/^data: \{.*$/gm)
    ?.at(-1)
    ?.slice("data: ".length);
  const { type, response } = JSON.parse(last ?? "{}") as { type?: string; response?: ResponseAnswer };
  if (response === undefined || type === "response.failed") throw new Error(`a response that failed: ${last}`);
  return response;
}

type ResponseItem = {
  readonly type: string;
  readonly content?: readonly { readonly text: string }[];
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
};

function responseMessage({ output }: ResponseAnswer): ToolMessage {
  const texts = output.flatMap(({ type, content = [] }) => (type === "message" ? content.map(({ text }) => text) : []));
  const calls = output.filter(({ type }) => type === "function_call");
  return messageOf(
    texts,
    calls.map(({ call_id = "", name = "", arguments: args = "" }) => call(call_id, name, args)),
  );
}

/** What stands between two answers is one message: so Anthropic has it. */
function asMessages({ model, messages, tools, max_tokens = 20_000, ...question }: Question) {
  const told: { role: string; content: object[] }[] = [];
  for (const message of messages.filter(({ role }) => role !== "system")) {
    const role = message.role === "assistant" ? "assistant" : "user";
    if (told.at(-1)?.role !== role) told.push({ role, content: [] });
    told.at(-1)?.content.push(...asBlocks(message));
  }
  return {
    model,
    max_tokens,
    system: systemOf({ model, messages, ...question }),
    messages: told,
    tools: tools?.map((tool) => ({
      name: Reflect.get(tool.function, "name"),
      input_schema: Reflect.get(tool.function, "parameters"),
    })),
  };
}

function asBlocks({ role, content, tool_calls = [], tool_call_id }: Message): object[] {
  const parts = isText(content)
    ? content === ""
      ? []
      : [{ type: "text", text: content }]
    : partsOf(content).map(asBlock);
  if (role === "tool") return [{ type: "tool_result", tool_use_id: tool_call_id, content: parts }];
  const uses = tool_calls.map(({ id, function: { name, arguments: args } }) => ({
    type: "tool_use",
    id,
    name,
    input: JSON.parse(args),
  }));
  return [...parts, ...uses];
}

function asBlock({ text, image_url }: Part): object {
  if (!image_url) return { type: "text", text };
  const [, media_type, data] = /^data:([^;]+);base64,(.*)$/.exec(image_url.url) ?? [];
  return { type: "image", source: { type: "base64", media_type, data } };
}

type AnthropicBlock = {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
};

function anthropicMessage(answer: unknown): ToolMessage {
  const { content } = answer as { content: readonly AnthropicBlock[] };
  const uses = content.filter(({ type }) => type === "tool_use");
  return messageOf(
    content.flatMap(({ text }) => text ?? []),
    uses.map(({ id = "", name = "", input }) => call(id, name, JSON.stringify(input))),
  );
}

async function chatMessage(answer: Response): Promise<ToolMessage> {
  const { content, tool_calls = [] } = (await readStreamedMessage(answer)).message;
  return messageOf([content ?? ""], tool_calls);
}

const call = (id: string, name: string, args: string): ToolCall => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

function messageOf(texts: readonly string[], calls: ToolCall[]): ToolMessage {
  const text = texts.join("");
  const isBare = text === "" && calls.length > 0;
  return { role: "assistant", content: isBare ? null : text, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
}
