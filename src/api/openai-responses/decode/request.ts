import { invalid } from "../../../core/error.ts";
import type { Steps } from "../../../core/pace.ts";
import type { ChatRequest } from "../../../core/request.ts";
import { type FetchedImages, RemoteImages } from "../../attachments/remote-images.ts";
import { ignoredFields } from "../../fields/ignored-fields.ts";
import { decodeSampling, jsonFormat, type Named } from "../../fields/shared-fields.ts";
import { decodeConversation } from "../../responses-shape/decode/conversation.ts";
import { decodeTools } from "../../responses-shape/decode/tools.ts";
import type { PlacedItem } from "../../responses-shape/wire/items.ts";
import { ResponseBody } from "../../responses-shape/wire/schema.ts";
import { namesBesideThinking } from "../../responses-shape/wire/thinking.ts";
import type { ClientTools } from "../../responses-shape/wire/tools.ts";
import type { ToolOptions } from "../../tools/tool-definitions.ts";
import { unreadFields } from "../../validation/unread-fields.ts";
import { PARAMETERS } from "../parameters.ts";
import { ignoredIncludes, includesEncrypted } from "./include.ts";

export type DecodeOptions = ToolOptions & {
  /** The images that were fetched, by URL. */
  readonly images?: FetchedImages;
};

export type DecodedRequest = {
  readonly request: ChatRequest;
  readonly stream: boolean;
  readonly clientTools: ClientTools;
  /** Whether the client wants to read the model's thinking. */
  readonly summarize: boolean;
  /** Whether the client wants what brings the model's thinking back. */
  readonly encrypt: boolean;
  /** Fields without effect, for the response header. */
  readonly ignored: readonly string[];
  /** URLs of images that are still to be fetched, with their fields' paths: while there are any, `request` lacks them. */
  readonly missingImages: ReadonlyMap<string, string>;
};

/**
 * A validated body, with the items that its input stands for, as a request. Throws an ApiError that names the field for what a
 * schema cannot say.
 */
export function* decodeRequest(
  body: Named<ResponseBody>,
  items: readonly PlacedItem[],
  { images = new Map(), strict = false, webSearch }: DecodeOptions = {},
): Steps<DecodedRequest> {
  refuseImpossible(body);
  const stream = body.stream ?? false;
  const remote = new RemoteImages(images);
  const { clientTools, ignoredTools, ...tools } = decodeTools(body, { strict, webSearch });
  const format = body.text?.format;
  const { changed, ...conversation } = yield* decodeConversation(body.instructions, items, remote, { strict });
  const request: ChatRequest = {
    model: body.model,
    ...conversation,
    ...tools,
    outputFormat:
      !format || format.type === "text" ? undefined : jsonFormat(format.type === "json_schema" ? format : {}, stream),
    maxOutputTokens: body.max_output_tokens ?? undefined,
    effort: body.reasoning?.effort ?? undefined,
    ...decodeSampling(body),
    stop: [],
  };
  return {
    request,
    stream,
    clientTools,
    summarize: Boolean(body.reasoning?.summary ?? body.reasoning?.generate_summary),
    encrypt: includesEncrypted(body.include),
    ignored: ignoredFields(body, PARAMETERS, [
      ...ignoredTools,
      ...ignoredIncludes(body.include),
      ...namesBesideThinking(yield* unreadFields(ResponseBody, body), items),
      ...changed,
    ]),
    missingImages: remote.missing,
  };
}

/** Throws where leaving a field out would change what the answer means. */
function refuseImpossible({ background, store, ...body }: Named<ResponseBody>): void {
  if (background && store === false) {
    throw invalid("store", "'store' is false, but a response that runs in the background must be stored to be had.");
  }
  refuseReferences(body);
}

/** Throws for what would stand for a part of what is asked, and does not exist here. */
export function refuseReferences({ conversation, prompt }: Pick<ResponseBody, "conversation" | "prompt">): void {
  if (isGiven(conversation)) {
    const instead = "send previous_response_id, or the items themselves";
    throw invalid("conversation", `There are no conversation objects, so 'conversation' names nothing: ${instead}.`);
  }
  if (isGiven(prompt)) {
    throw invalid("prompt", "There are no stored prompts, so 'prompt' names nothing: send instructions and input.");
  }
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}
