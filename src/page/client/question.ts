import { reasonOf } from "../../core/error.ts";
import { field } from "./fields.ts";

export type Question = {
  readonly model: string;
  readonly text: string;
  readonly system: string;
  /** As data URLs. */
  readonly images: readonly string[];
  /** JSON, or nothing. */
  readonly tools: string;
  readonly schema: string;
};

/** The body of a chat that asks this. Throws an Error that says which of the texts is no JSON. */
export function bodyOf({ model, text, system, images, tools, schema }: Question): object {
  const words = { type: "text", text };
  const pictures = images.map((url) => ({ type: "image_url", image_url: { url } }));
  const format = parsed(schema, "The schema");
  const functions = parsed(tools, "The list of tools");
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      ...(system.trim() === "" ? [] : [{ role: "system", content: system }]),
      { role: "user", content: images.length === 0 ? text : [words, ...pictures] },
    ],
    ...(functions === undefined ? {} : { tools: functions }),
    ...(format === undefined
      ? {}
      : { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: format } } }),
  };
}

function parsed(text: string, what: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (reason) {
    throw new Error(`${what} is no JSON: ${reasonOf(reason)}`);
  }
}

/** The same as a command. The body is read from standard input: no shell's quotes are in its way, and nobody sees it in a list of processes. */
export function curlOf(origin: string, body: object, wantsKey: boolean): string {
  return [
    `curl -N ${origin}/v1/chat/completions \\`,
    ...(wantsKey ? ['  -H "Authorization: Bearer $CLAUDE_MAX_API_KEY" \\'] : []),
    "  -H 'Content-Type: application/json' --data-binary @- <<'JSON'",
    JSON.stringify(body, null, 2),
    "JSON",
  ].join("\n");
}

const LONGEST_SHOWN = 60;

/** A command as it is shown: images are too long to be seen. */
export function shortened(command: string): string {
  return command.replace(/data:[\w/+.-]+;base64,[\w+/=]+/g, (url) =>
    url.length > LONGEST_SHOWN ? `${url.slice(0, LONGEST_SHOWN)}… (${Math.ceil(url.length / 1024)} KB)` : url,
  );
}

/** What a piece of a streamed answer adds. */
export type Piece = {
  readonly text?: string;
  readonly thinking?: string;
  readonly call?: { readonly index: number; readonly name?: string; readonly args?: string };
  readonly finish?: string;
  readonly usage?: { readonly prompt: number; readonly cached: number; readonly output: number };
  readonly error?: string;
};

/** Reads a chunk of a chat. */
export function readChunk(data: string): readonly Piece[] {
  if (data === "[DONE]") return [];
  const chunk: unknown = JSON.parse(data);
  const error = textIn(field(chunk, "error"), "message");
  if (error !== undefined) return [{ error }];
  const choice: unknown = field(field(chunk, "choices"), "0");
  const delta = field(choice, "delta");
  const calls = field(delta, "tool_calls");
  const usage = field(chunk, "usage");
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  return [
    {
      text: textIn(delta, "content"),
      thinking: textIn(delta, "reasoning_content"),
      finish: textIn(choice, "finish_reason"),
    },
    ...(Array.isArray(calls) ? calls : []).map((call: unknown) => ({
      call: {
        index: number(field(call, "index")),
        name: textIn(field(call, "function"), "name"),
        args: textIn(field(call, "function"), "arguments"),
      },
    })),
    ...(typeof usage === "object" && usage !== null
      ? [
          {
            usage: {
              prompt: number(field(usage, "prompt_tokens")),
              cached: number(field(field(usage, "prompt_tokens_details"), "cached_tokens")),
              output: number(field(usage, "completion_tokens")),
            },
          },
        ]
      : []),
  ];
}

function textIn(value: unknown, name: string): string | undefined {
  const text = field(value, name);
  return typeof text === "string" ? text : undefined;
}
