import type { Steps } from "../../../core/pace.ts";
import type { ChatRequest, OutputFormat } from "../../../core/request.ts";
import { type FetchedImages, RemoteImages } from "../../attachments/remote-images.ts";
import type { Named } from "../../fields/shared-fields.ts";
import { decodeSampling, decodeStops, jsonFormat } from "../../fields/shared-fields.ts";
import type { ToolOptions } from "../../tools/tool-definitions.ts";
import type { CallShape } from "../encode/completion.ts";
import { decodeShaped, type ShapedConversation } from "../from-responses.ts";
import type { ChatBody, ResponseFormat } from "../wire/schema.ts";
import { decodeConversation } from "./conversation.ts";
import { decodeTools } from "./tools.ts";

export type DecodeOptions = ToolOptions & {
  /** The images that were fetched, by URL. */
  readonly images?: FetchedImages;
  /** What is said in place of the body's messages and tools. */
  readonly shaped?: ShapedConversation | undefined;
};

export type DecodedRequest = {
  readonly request: ChatRequest;
  /** How many answers are wanted, each from a turn of its own. */
  readonly choices: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** The form in which calls are answered: that of the request. */
  readonly callShape: CallShape;
  /** The names of the tools that take a text, and whose calls have one. */
  readonly customTools: ReadonlySet<string>;
  /** What was changed to be asked, and what is not offered, for the response header. */
  readonly adjusted: readonly string[];
  /** URLs of images that are still to be fetched, with their fields' paths: while there are any, `request` lacks them. */
  readonly missingImages: ReadonlyMap<string, string>;
};

/** A validated body as a request. Throws an ApiError that names the field for what a schema cannot say. */
export function* decodeRequest(
  body: Named<ChatBody>,
  { images = new Map(), strict = false, webSearch, shaped }: DecodeOptions = {},
): Steps<DecodedRequest> {
  const stream = body.stream ?? false;
  const remote = new RemoteImages(images);
  const said = shaped
    ? yield* decodeShaped(shaped, remote, { strict, webSearch })
    : yield* decodeSaid(body, remote, { strict, webSearch });
  const { changed, ...conversation } = said.conversation;
  const request: ChatRequest = {
    model: body.model,
    ...conversation,
    ...said.tools,
    outputFormat: decodeFormat(body.response_format, stream),
    maxOutputTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    effort: body.reasoning_effort ?? undefined,
    ...decodeSampling(body),
    stop: decodeStops(body.stop),
  };
  return {
    request,
    choices: body.n ?? 1,
    stream,
    includeUsage: stream && (body.stream_options?.include_usage ?? false),
    callShape: said.legacy ? "function_call" : "tool_calls",
    customTools: said.customTools,
    adjusted: [...said.ignoredTools, ...changed],
    missingImages: remote.missing,
  };
}

function* decodeSaid(body: ChatBody, remote: RemoteImages, options: ToolOptions) {
  const { legacy, customTools, ignoredTools, ...tools } = decodeTools(body, options);
  const conversation = yield* decodeConversation(body.messages, remote, { strict: options.strict });
  return { conversation, tools, legacy, customTools, ignoredTools };
}

function decodeFormat(format: ResponseFormat | null | undefined, stream: boolean): OutputFormat | undefined {
  if (!format || format.type === "text") return undefined;
  return jsonFormat(format.type === "json_schema" ? format.json_schema : {}, stream);
}
