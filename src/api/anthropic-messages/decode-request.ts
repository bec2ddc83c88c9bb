import { ApiError } from "../../core/error.ts";
import { isJsonObject } from "../../core/json.ts";
import type { ChatRequest, OutputFormat } from "../../core/request.ts";
import type { FetchedImages } from "../attachments/remote-images.ts";
import { RemoteImages } from "../attachments/remote-images.ts";
import { type Bend, namesOfBends } from "../conversation-builder.ts";
import { ignoredFields, ignoredWithin } from "../ignored-fields.ts";
import { invalid } from "../invalid.ts";
import type { Named } from "../named-model.ts";
import { decodeSampling } from "../sampling.ts";
import { decodeConversation } from "./decode-conversation.ts";
import { decodeThinking } from "./decode-thinking.ts";
import { decodeTools } from "./decode-tools.ts";
import { PARAMETERS } from "./parameters.ts";
import { MessagesBody } from "./schema.ts";

export const BENDS: Readonly<Record<Bend, string>> = {
  "moved-result": "messages.content.tool_use_id",
  "orphaned-result": "messages.content.tool_use_id",
  attachment: "messages.content",
  continuation: "messages.continuation",
};

export type DecodeOptions = { readonly images?: FetchedImages; readonly strict?: boolean };

export type DecodedRequest = {
  readonly request: ChatRequest;
  readonly stream: boolean;
  /** Whether the answer tells what the model thinks. */
  readonly showThinking: boolean;
  /** Fields without effect, for the response header. */
  readonly ignored: readonly string[];
  /** URLs of images that are still to be fetched, with their fields' paths: while there are any, `request` lacks them. */
  readonly missingImages: ReadonlyMap<string, string>;
};

/** A validated body as a request. Throws an ApiError that names the field for what a schema cannot say. */
export function decodeRequest(
  body: Named<MessagesBody>,
  { images = new Map(), strict = false }: DecodeOptions = {},
): DecodedRequest {
  refuseThread(body);
  const stream = body.stream ?? false;
  const remote = new RemoteImages(images);
  const { showThinking, ...thinking } = decodeThinking(body);
  refuseCompaction(body);
  if (strict) requireLimit(body);
  const { leftOut, ...tools } = decodeTools(body, strict);
  const { bends, ...conversation } = decodeConversation(body, remote, { strict });
  const request: ChatRequest = {
    model: body.model,
    ...conversation,
    turns: remote.settle(conversation.turns, strict),
    ...tools,
    outputFormat: decodeFormat(body, stream),
    maxOutputTokens: body.max_tokens ?? undefined,
    ...thinking,
    ...decodeSampling(body),
    stop: (body.stop_sequences ?? []).filter((text) => text !== ""),
  };
  return {
    request,
    stream,
    showThinking,
    ignored: ignoredFields(body, PARAMETERS, [
      ...ignoredWithin(body, MessagesBody),
      ...leftOut,
      ...namesOfBends(bends, BENDS),
      ...remote.leftOut,
    ]),
    missingImages: remote.missing,
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

/** Its answer would be no answer to the conversation, but a summary of it. */
export function refuseCompaction({ compaction }: Pick<MessagesBody, "compaction">): void {
  if (compaction === undefined || compaction === null) return;
  const instead = "leave it out, and ask for a summary in a message";
  throw invalid("compaction", `'compaction' is given, but nothing is compacted here: ${instead}.`);
}
