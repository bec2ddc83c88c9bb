import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { withoutRecovery } from "../../claude/cli/shell-commands.ts";
import { OPTIONS } from "../../config/options.ts";

/** A server of this program, and what a request to it needs. */
export type ServerAddress = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** What the server answered instead of what was asked for; the message is the server's own. */
export class RefusedError extends Error {
  /** The code of the error envelope, such as `model_not_found`. */
  readonly code: string | undefined;
  /** The field that it is about. */
  readonly param: string | undefined;

  constructor(message: string, code?: string | null, param?: string | null) {
    super(withoutRecovery(message));
    this.name = "RefusedError";
    this.code = code ?? undefined;
    this.param = param ?? undefined;
  }
}

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const ErrorFields = Type.Object({ message: Type.String(), code: text, param: text });
const Annotations = Type.Optional(
  Type.Array(Type.Object({ url_citation: Type.Optional(Type.Object({ url: Type.String(), title: text })) })),
);
const Envelope = Type.Object({ error: ErrorFields });

/** A piece of a streamed chat, as far as it is looked at. */
const Chunk = Type.Object({
  model: Type.Optional(Type.String()),
  choices: Type.Optional(
    Type.Array(
      Type.Object({
        delta: Type.Optional(Type.Object({ content: text, reasoning_content: text, annotations: Annotations })),
        finish_reason: text,
      }),
    ),
  ),
  error: Type.Optional(ErrorFields),
});

export type AnswerPart =
  | { readonly type: "text" | "thinking"; readonly text: string }
  /** A page that the answer rests on. */
  | { readonly type: "source"; readonly url: string; readonly title: string }
  /** `reason` is OpenAI's `finish_reason`. */
  | { readonly type: "end"; readonly reason: string; readonly model: string };

/** Sends a request; the answer has a status that says well. Throws RefusedError for any other. `body` makes it a POST. */
export async function send(
  { url, headers }: ServerAddress,
  path: string,
  { body, signal }: { readonly body?: object; readonly signal: AbortSignal },
): Promise<Response> {
  const response = await fetch(`${url}${path}`, {
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    signal,
    ...(body && { method: "POST", body: JSON.stringify(body) }),
    // Bun would give up a connection that is silent for five minutes; the server knows how long an answer may take.
    timeout: false,
  });
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => undefined);
  if (Compile(Envelope).Check(answer)) {
    const { message, code, param } = answer.error;
    throw new RefusedError(code === "invalid_api_key" ? keyNeeded(url, headers) : message, code, param);
  }
  throw new RefusedError(`${url}${path} answered with status ${response.status}.`);
}

/** The server speaks of headers, which nobody types here. */
function keyNeeded(url: string, headers: ServerAddress["headers"]): string {
  const which = headers.authorization === undefined ? "needs one of its API keys" : "has another API key than this one";
  const { apiKey, apiKeyFile } = OPTIONS;
  return `the server at ${url} ${which}. Give it the key with --${apiKeyFile.flag} FILE or ${apiKey.env}.`;
}

/** Asks a chat, and tells the answer as it is written. Throws RefusedError, also in the middle. */
export async function* streamChat(
  server: ServerAddress,
  body: object,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart, void> {
  const response = await send(server, "/v1/chat/completions", { body: { ...body, stream: true }, signal });
  let model = "";
  for await (const chunk of readChunks(response)) {
    if (chunk.error) throw new RefusedError(chunk.error.message, chunk.error.code, chunk.error.param);
    model = chunk.model ?? model;
    const [choice] = chunk.choices ?? [];
    const thinking = choice?.delta?.reasoning_content;
    if (thinking) yield { type: "thinking", text: thinking };
    const content = choice?.delta?.content;
    if (content) yield { type: "text", text: content };
    for (const { url_citation: page } of choice?.delta?.annotations ?? []) {
      if (page) yield { type: "source", url: page.url, title: page.title ?? "" };
    }
    if (choice?.finish_reason) return yield { type: "end", reason: choice.finish_reason, model };
  }
  throw new RefusedError("The answer broke off: the server ended the stream before the answer was complete.");
}

async function* readChunks(response: Response): AsyncGenerator<Static<typeof Chunk>> {
  const validator = Compile(Chunk);
  for await (const line of linesOf(response)) {
    if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
    const chunk: unknown = JSON.parse(line.slice("data: ".length));
    if (!validator.Check(chunk)) throw new RefusedError("The server sent a piece of an answer that is none.");
    yield chunk;
  }
}

async function* linesOf({ body }: Response): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
