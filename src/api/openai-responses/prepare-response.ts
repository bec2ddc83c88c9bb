import type { Backend } from "../../core/backend.ts";
import { inTurns } from "../../core/pace.ts";
import type { ChatRequest } from "../../core/request.ts";
import { decodeWithImages } from "../attachments/load-images.ts";
import type { FetchedImages } from "../attachments/remote-images.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { type Named, withModel } from "../fields/shared-fields.ts";
import { unmetHeaders } from "../fields/unmet-fields.ts";
import type { Accepted } from "../responses-shape/accept-body.ts";
import type { PlacedItem } from "../responses-shape/wire/items.ts";
import type { ResponseBody } from "../responses-shape/wire/schema.ts";
import { isSearch } from "../web-search/schema.ts";
import { askedOfSearches } from "./decode/include.ts";
import { decodeRequest } from "./decode/request.ts";
import { resolveInput } from "./decode/resolve-input.ts";
import { type Keep, ResponseEncoder } from "./encode/response.ts";
import { type ResponseStore, toStored } from "./store/store.ts";
import { newResponse } from "./wire/response.ts";

export type PrepareOptions = Pick<DialectOptions, "strict" | "webSearch" | "defaultModel" | "fetchImage"> & {
  /** Asked what the model does not take. */
  readonly backend: Pick<Backend, "unmet">;
  /** Holds what the request refers to, and gets the response. */
  readonly store: ResponseStore;
  /** Whether the store also gets responses with `store` false, as one that lasts no longer than a connection may. */
  readonly keepsAll?: boolean;
  /** Whether the model is to be asked. Else the response only holds input, for another to go on after. Default true. */
  readonly generate?: boolean;
};

/** Of what a model may not take. */
const NAMES = {
  thinking: "input.encrypted_content",
  effort: "reasoning.effort",
  "think-first": "reasoning",
} as const;

/** What may still follow where the model is not asked: that need not end with a question, nor have any input. */
const QUESTION: PlacedItem = { item: { type: "message", role: "user", content: "…" }, path: "input" };

/**
 * Makes a checked body into a request, with what writes its response, and the headers that name the fields without effect. Throws an
 * ApiError for one that cannot be asked, whatever follows.
 */
export async function prepareResponse(
  accepted: Accepted<ResponseBody>,
  { strict = false, generate = true, fetchImage, webSearch, ...options }: PrepareOptions,
  signal: AbortSignal,
) {
  const body = withOwnModel(accepted.body, options.store, options.defaultModel);
  const { items, own, ignored } = await inTurns(resolveInput(accepted, options.store, strict));
  const decode = function* (images: FetchedImages) {
    const decoded = yield* decodeRequest(body, generate ? items : [...items, QUESTION], { images, strict, webSearch });
    const { backend } = options;
    const all = [...accepted.notes, ...ignored, ...decoded.ignored];
    return { ...decoded, headers: unmetHeaders(decoded.request, { backend, ignored: all, names: NAMES }, strict) };
  };
  const decoded = generate ? await decodeWithImages(decode, fetchImage, signal) : await inTurns(decode(new Map()));
  const { request } = decoded;
  const encoder = new ResponseEncoder({
    ...decoded,
    response: newResponse(newResponseId(), now(), withOfferedTools(body, request)),
    searches: {
      ...askedOfSearches(body.include),
      // What is not kept here is for the client to keep.
      native: body.store === false,
    },
    joinsTexts: mayCite(request),
    now,
  });
  const { store, keepsAll = false } = options;
  const keep: Keep = (response) => (!response.store && !keepsAll) || store.put(toStored(response, own, encoder.hidden));
  return { ...decoded, encoder, keep };
}

/** A search that is not offered is not told among the tools. */
function withOfferedTools(body: Named<ResponseBody>, { serverTools }: ChatRequest): Named<ResponseBody> {
  return serverTools ? body : { ...body, tools: body.tools?.filter((tool) => !isSearch(tool)) };
}

/** Whether texts may rest on what was found: such an answer comes in many texts that are one. */
function mayCite({ serverTools, turns }: ChatRequest): boolean {
  return serverTools !== undefined || turns.some(({ content }) => content.some(({ type }) => type === "native"));
}

export function newResponseId(): string {
  return `resp_${crypto.randomUUID().replaceAll("-", "")}`;
}

/** Seconds since the epoch. */
export const now = () => Math.floor(Date.now() / 1000);

/** Puts in the model where none is named: that of the response which this one goes on after, else the default. */
export function withOwnModel<Body extends Pick<ResponseBody, "model" | "previous_response_id">>(
  body: Body,
  store: ResponseStore,
  defaultModel: string | undefined,
): Named<Body> {
  const { previous_response_id: previousId } = body;
  const previous = previousId ? store.get(previousId)?.response.model : undefined;
  return withModel(body, typeof previous === "string" && previous !== "" ? previous : defaultModel);
}
