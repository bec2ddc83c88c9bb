import { ApiError, invalid } from "../../../core/error.ts";
import { isJsonObject } from "../../../core/json.ts";
import type { Steps } from "../../../core/pace.ts";
import type { ChatRequest, OutputFormat } from "../../../core/request.ts";
import { RemoteImages } from "../../attachments/remote-images.ts";
import { ignoredFields } from "../../fields/ignored-fields.ts";
import { decodeSampling, decodeStops, type Named } from "../../fields/shared-fields.ts";
import type { ToolOptions } from "../../tools/tool-definitions.ts";
import { unreadFields } from "../../validation/unread-fields.ts";
import { PARAMETERS } from "../parameters.ts";
import { MessagesBody } from "../wire/schema.ts";
import { decodeConversation } from "./conversation.ts";
import { lostBlocks, nativeFields, withoutNative } from "./native.ts";
import { decodeThinking, type ToldThinking } from "./thinking.ts";
import { decodeTools } from "./tools.ts";

export type DecodeOptions = ToolOptions & {
  /** The request's header `anthropic-beta`. */
  readonly beta?: string | null;
};

export type DecodedRequest = {
  readonly request: ChatRequest;
  readonly stream: boolean;
  /** What the answer tells of what the model thinks. */
  readonly thinking: ToldThinking;
  /** Fields without effect, for the response header. */
  readonly ignored: readonly string[];
};

/** A validated body as a request. Throws an ApiError that names the field for what a schema cannot say. */
export function* decodeRequest(
  body: Named<MessagesBody>,
  { strict = false, beta = null, webSearch }: DecodeOptions = {},
): Steps<DecodedRequest> {
  refuseThread(body);
  const stream = body.stream ?? false;
  const remote = new RemoteImages(new Map());
  const { effort, thinks, thinking } = decodeThinking(body);
  if (strict) requireLimit(body);
  const { leftOut, serverTools, ...tools } = yield* decodeTools(body, { strict, webSearch });
  const native = nativeFields(body, strict);
  const { changed, ...conversation } = yield* decodeConversation(body, remote, { strict });
  const request: ChatRequest = {
    model: body.model,
    ...conversation,
    ...tools,
    ...(serverTools.length === 0 ? {} : { serverTools }),
    ...native,
    ...decodeBetas(beta),
    outputFormat: decodeFormat(body, stream),
    maxOutputTokens: body.max_tokens ?? undefined,
    effort,
    thinks,
    ...decodeSampling(body),
    stop: decodeStops(body.stop_sequences),
    tellsPauses: true,
  };
  return {
    request,
    stream,
    thinking,
    ignored: ignoredFields(withoutNative(body, native), PARAMETERS, [
      ...(yield* unreadFields(MessagesBody, body)),
      ...(yield* lostBlocks(body.messages)),
      ...leftOut,
      ...changed,
    ]),
  };
}

function requireLimit({ max_tokens }: MessagesBody): void {
  if (typeof max_tokens === "number") return;
  throw invalid("max_tokens", "Missing required parameter: 'max_tokens'. Expected an integer of at least 1.");
}

/** What follows in a thread has only what is new: without the rest, the model would be asked something else. */
export function refuseThread({ thread }: Pick<MessagesBody, "thread">): void {
  if (thread === undefined || thread === null) return;
  const message = "'thread' is not supported: this server holds no conversation. Leave it out and send all messages.";
  throw new ApiError("thread_unsupported", message, { param: "thread" });
}

/** What kinds of schema can be used is for the backend to say. */
function decodeFormat({ output_config, output_format }: MessagesBody, stream: boolean): OutputFormat | undefined {
  const schema = (output_config?.format ?? output_format)?.schema;
  return isJsonObject(schema) ? { schema, delivery: stream ? "as-written" : "whole" } : undefined;
}

/** How Anthropic names what it offers for a trial: what it is, and since when. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*-\d{4}-\d{2}-\d{2}$/;

/** What says who asks, or who pays, and what is no matter of a message: the login and the plan decide, which are the CLI's. */
const NOT_A_CLIENTS =
  /^(?:admin|analytics|bedrock|ce|claude-code|context-1m|dreaming|efs|experimental|fallback-credit|fast-mode|google|managed-agents|message-batches|message-threads|oauth|server-side-fallback|spend-limit|telemetry|user-profiles|vertex|webhooks)-/;

/** What the CLI says of itself where it fits the model, and what the API has for all long since. */
const OF_THE_CLI =
  /^(?:advanced-tool-use|context-management|effort|extended-cache-ttl|fine-grained-tool-streaming|interleaved-thinking|mid-conversation-system|pdfs|per-turn-control|prompt-caching|prompt-caching-scope|redact-thinking|thinking-display-updates|thinking-token-count|token-counting|tool-search-tool)-/;

const MOST = 16;

/** Of the header `anthropic-beta` those that a client may want of the API, in the order of their names; undefined when there are none. */
function decodeBetas(header: string | null): { readonly betas?: readonly string[] } {
  const named = (header ?? "").split(",").map((name) => name.trim());
  const wanted = named.filter((name) => NAME.test(name) && !NOT_A_CLIENTS.test(name) && !OF_THE_CLI.test(name));
  const betas = [...new Set(wanted)].sort().slice(0, MOST);
  return betas.length === 0 ? {} : { betas };
}
