import { ApiError } from "../../core/error.ts";
import { isJsonObject } from "../../core/json.ts";
import type { ChatRequest, OutputFormat } from "../../core/request.ts";
import { RemoteImages } from "../attachments/remote-images.ts";
import { type Bend, namesOfBends } from "../conversation-builder.ts";
import { ignoredFields, ignoredWithin } from "../ignored-fields.ts";
import { invalid } from "../invalid.ts";
import type { Named } from "../named-model.ts";
import { decodeSampling } from "../sampling.ts";
import { decodeBetas } from "./decode-betas.ts";
import { decodeConversation } from "./decode-conversation.ts";
import { decodeThinking, type ToldThinking } from "./decode-thinking.ts";
import { decodeTools } from "./decode-tools.ts";
import { lostBlocks } from "./lost-blocks.ts";
import { nativeFields, withoutNative } from "./native-fields.ts";
import { PARAMETERS } from "./parameters.ts";
import { MessagesBody } from "./schema.ts";

export const BENDS: Readonly<Record<Bend, string>> = {
  "moved-result": "messages.content.tool_use_id",
  "orphaned-result": "messages.content.tool_use_id",
  attachment: "messages.content",
  continuation: "messages.continuation",
};

export type DecodeOptions = {
  readonly strict?: boolean;
  /** Whether the model may search the web. Default true. */
  readonly webSearch?: boolean | undefined;
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
export function decodeRequest(
  body: Named<MessagesBody>,
  { strict = false, beta = null, webSearch }: DecodeOptions = {},
): DecodedRequest {
  refuseThread(body);
  const stream = body.stream ?? false;
  const remote = new RemoteImages(new Map());
  const { effort, thinks, thinking } = decodeThinking(body);
  if (strict) requireLimit(body);
  const { leftOut, serverTools, ...tools } = decodeTools(body, { strict, webSearch });
  const native = nativeFields(body, strict);
  const { bends, ...conversation } = decodeConversation(body, remote, { strict });
  const request: ChatRequest = {
    model: body.model,
    ...conversation,
    turns: remote.settle(conversation.turns, strict),
    ...tools,
    ...(serverTools.length === 0 ? {} : { serverTools }),
    ...native,
    ...decodeBetas(beta),
    outputFormat: decodeFormat(body, stream),
    maxOutputTokens: body.max_tokens ?? undefined,
    effort,
    thinks,
    ...decodeSampling(body),
    stop: (body.stop_sequences ?? []).filter((text) => text !== ""),
    tellsPauses: true,
  };
  return {
    request,
    stream,
    thinking,
    ignored: ignoredFields(withoutNative(body, native), PARAMETERS, [
      ...ignoredWithin(body, MessagesBody),
      ...lostBlocks(body.messages),
      ...leftOut,
      ...namesOfBends(bends, BENDS),
      ...remote.leftOut,
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
