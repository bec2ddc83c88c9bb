import type { PromptUsage } from "./answer/prompt-cache.ts";
import { usedUpHeaders } from "./answer/rate-limit-headers.ts";
import { type ApiBlock, type ApiFields, isFields } from "./messages-body.ts";
import { splitIntoChunks } from "./tokens.ts";

/** What the simulated API does with one request. Build it with the functions below. */
export type Reply =
  | {
      readonly kind: "message";
      readonly blocks: readonly ReplyBlock[];
      readonly options: MessageOptions;
      readonly ending: MessageEnding;
    }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly type: string;
      readonly message: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: "hang" }
  | { readonly kind: "raw"; readonly events: readonly RawEvent[]; readonly gapMs: number };

/** A content block of the answer; `chunks` are its deltas. */
export type ReplyBlock =
  | { readonly type: "text"; readonly chunks: readonly string[]; readonly citations?: readonly ApiFields[] }
  | { readonly type: "thinking"; readonly chunks: readonly string[] }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly chunks: readonly string[] }
  /** Thinking that the client may only send back; it comes whole, without deltas. */
  | { readonly type: "redacted_thinking"; readonly data: string; readonly chunks: readonly string[] }
  | NativeBlock;

/** A block that the API makes itself, such as those of its own tools: as it begins, what is added, and as it is in the end. */
export type NativeBlock = {
  readonly type: "native";
  readonly start: ApiBlock;
  readonly deltas: readonly ApiBlock[];
  readonly block: ApiBlock;
  /** The pieces of its input, where it is a call. */
  readonly chunks: readonly string[];
};

/** What a broken answer says before it breaks: a text, or blocks, of which the last is left open. */
export type Beginning = string | readonly ReplyBlock[];

export type MessageEnding =
  | { readonly type: "complete" }
  | { readonly type: "error"; readonly errorType: string; readonly message: string }
  | { readonly type: "cut"; readonly reset: boolean }
  | { readonly type: "hang" };

/** An event of the stream as it stands; a string is written byte for byte. */
export type RawEvent = string | { readonly type: string; readonly [field: string]: unknown };

export type MessageOptions = {
  /** Default: `tool_use` when there is such a block, else `end_turn`. The request's own limits come first: see `verbatim`. */
  readonly stopReason?: string;
  readonly stopSequence?: string;
  /** What a refusal is about; default: nothing that has a name. */
  readonly stopDetails?: { readonly category: string | null; readonly explanation: string | null };
  /** Numbers to report instead of the derived ones. `thinking_tokens` is a part of `output_tokens`. */
  readonly usage?: Partial<Omit<PromptUsage, "cache_creation">> & { output_tokens?: number; thinking_tokens?: number };
  /** Ignore the request's stop_sequences and max_tokens. */
  readonly verbatim?: boolean;
  /** Between deltas. */
  readonly delayMs?: number;
  /** Before the answer begins, headers included. */
  readonly firstDelayMs?: number;
  /** The model named in the answer; default: the one that was asked. */
  readonly model?: string;
  /** Added to the response, for example `anthropic-ratelimit-unified-status`. */
  readonly headers?: Readonly<Record<string, string>>;
};

export type TextOptions = MessageOptions & {
  /** A thinking block before the text. */
  readonly thinking?: string;
  /** The exact deltas; joined they must be the text. */
  readonly chunks?: readonly string[];
  /** What the text is taken from: it is then a block that says so. */
  readonly citations?: readonly ApiFields[];
};

export function text(content: string, options: TextOptions = {}): Reply {
  const { thinking, chunks, citations, ...messageOptions } = options;
  const before = thinking === undefined ? [] : [thinkingBlock(thinking)];
  return blocks([...before, textBlock(content, chunks, citations)], messageOptions);
}

export function blocks(content: readonly ReplyBlock[], options: MessageOptions = {}): Reply {
  return { kind: "message", blocks: content, options, ending: { type: "complete" } };
}

export function textBlock(
  content: string,
  chunks: readonly string[] = splitIntoChunks(content),
  citations?: readonly ApiFields[],
): ReplyBlock {
  if (chunks.join("") !== content) throw new Error(`the chunks do not add up to the text ${JSON.stringify(content)}`);
  return citations === undefined ? { type: "text", chunks } : { type: "text", chunks, citations };
}

export function thinkingBlock(content: string): ReplyBlock {
  return { type: "thinking", chunks: splitIntoChunks(content) };
}

export function redactedThinkingBlock(data: string): ReplyBlock {
  return { type: "redacted_thinking", data, chunks: [] };
}

/** `input` is the arguments, or the partial_json pieces exactly as they shall be streamed. */
export function toolUse(
  id: string,
  name: string,
  input: readonly string[] | Readonly<Record<string, unknown>>,
): ReplyBlock {
  const pieces = isPieces(input) ? input : ["", ...splitIntoChunks(JSON.stringify(input))];
  return { type: "tool_use", id, name, chunks: pieces };
}

/**
 * A block of the API's own, such as `server_tool_use`, a result of a server tool, or `compaction`. An input is streamed as
 * `input_json_delta`; every other block comes whole, when it begins, unless `deltas` are given: then it begins as `start`.
 */
export function native(
  block: ApiBlock,
  { start = block, deltas = [] }: { readonly start?: ApiBlock; readonly deltas?: readonly ApiBlock[] } = {},
): NativeBlock {
  if (!isFields(block.input) || deltas.length > 0) return { type: "native", start, deltas, block, chunks: [] };
  const chunks = ["", ...splitIntoChunks(JSON.stringify(block.input))];
  return { type: "native", start: { ...block, input: {} }, deltas, block, chunks };
}

export function apiError(
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { kind: "error", status, type, message, headers };
}

/** The subscription's limit is used up, told as the API tells it. */
export function planLimit({
  resetsInSeconds,
  claim = "five_hour",
}: {
  resetsInSeconds: number;
  claim?: string;
}): Reply {
  return apiError(
    429,
    "rate_limit_error",
    "This request would exceed your account's rate limit. Please try again later.",
    { ...usedUpHeaders(claim, resetsInSeconds), "retry-after": String(resetsInSeconds) },
  );
}

/** The stream breaks off with an `error` event. A request without `stream` gets the error as its answer. */
export function errorMidStream(after: Beginning, type = "overloaded_error"): Reply {
  return midStream(after, { type: "error", errorType: type, message: errorMessage(type) });
}

/**
 * The response ends without message_stop. By default its body just ends, so that all of the text surely arrives; with
 * `reset` the connection is reset, and a client that has not read the last text by then may lose it.
 */
export function cutMidStream(after: Beginning, options: MessageOptions & { readonly reset?: boolean } = {}): Reply {
  const { reset = false, ...messageOptions } = options;
  return midStream(after, { type: "cut", reset }, messageOptions);
}

/** Takes the request and never answers, until the client goes away or the simulator closes. */
export function hang(): Reply {
  return { kind: "hang" };
}

/** Streams the text and then nothing more, with the connection open. */
export function hangMidStream(after: Beginning): Reply {
  return midStream(after, { type: "hang" });
}

/** Streams these events as they are, whatever the request asked, and ends the response after the last. */
export function raw(events: readonly RawEvent[], { gapMs = 0 }: { readonly gapMs?: number } = {}): Reply {
  return { kind: "raw", events, gapMs };
}

function midStream(after: Beginning, ending: MessageEnding, options: MessageOptions = {}): Reply {
  const begun = typeof after === "string" ? [textBlock(after)].filter(() => after !== "") : after;
  return { kind: "message", blocks: begun, options, ending };
}

function isPieces(input: readonly string[] | Readonly<Record<string, unknown>>): input is readonly string[] {
  return Array.isArray(input);
}

function errorMessage(type: string): string {
  if (type === "overloaded_error") return "Overloaded";
  if (type === "api_error") return "Internal server error";
  return `Simulated ${type}`;
}
