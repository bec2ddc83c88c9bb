import type { Backend } from "../../core/backend.ts";
import { inTurns } from "../../core/pace.ts";
import type { ChatRequest } from "../../core/request.ts";
import { decodeWithImages } from "../attachments/load-images.ts";
import type { FetchedImages } from "../attachments/remote-images.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { type Named, withModel } from "../fields/shared-fields.ts";
import { type HeadersOf, unmetHeaders } from "../fields/unmet-fields.ts";
import type { Accepted } from "../responses-shape/accept-body.ts";
import type { ResponseBody } from "../responses-shape/wire/schema.ts";
import { isSearch } from "../responses-shape/wire/tools.ts";
import { askedOfSearches } from "./decode/include.ts";
import { decodeRequest } from "./decode/request.ts";
import { resolveInput } from "./decode/resolve-input.ts";
import { type Keep, ResponseEncoder } from "./encode/response.ts";
import { type HiddenFields, type ResponseStore, toStored } from "./store/store.ts";
import { newResponse, type ResponseObject } from "./wire/response.ts";

export type PrepareOptions = Pick<DialectOptions, "strict" | "webSearch" | "defaultModel" | "fetchImage"> & {
  /** Asked what the model does not take. */
  readonly backend: Pick<Backend, "unmet">;
  /** Holds what the request refers to, and gets the response. */
  readonly store: ResponseStore;
  /** Whether the store also gets responses with `store` false, as one that lasts no longer than a connection may. */
  readonly keepsAll?: boolean;
};

/** A request that can be asked, and what writes its response. */
export type PreparedResponse = {
  readonly request: ChatRequest;
  readonly stream: boolean;
  readonly encoder: ResponseEncoder;
  readonly keep: Keep;
  /** They name the fields without effect. */
  readonly headers: HeadersOf;
};

/** Of what a model may not take. */
const NAMES = {
  thinking: "input.encrypted_content",
  effort: "reasoning.effort",
  "think-first": "reasoning",
} as const;

/** Makes a checked body into a request. Throws an ApiError for one that cannot be asked. */
export async function prepareResponse(
  accepted: Accepted<ResponseBody>,
  { strict = false, fetchImage, webSearch, ...options }: PrepareOptions,
  signal: AbortSignal,
): Promise<PreparedResponse> {
  const body = withOwnModel(accepted.body, options.store, options.defaultModel);
  const { items, own, ignored } = await inTurns(resolveInput(accepted, options.store, strict));
  const decode = function* (images: FetchedImages) {
    const decoded = yield* decodeRequest(body, items, { images, strict, webSearch });
    const { backend } = options;
    const all = [...accepted.notes, ...ignored, ...decoded.ignored];
    return { ...decoded, headers: unmetHeaders(decoded.request, { backend, ignored: all, names: NAMES }, strict) };
  };
  const decoded = await decodeWithImages(decode, fetchImage, signal);
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
  return { ...decoded, encoder, keep: (response) => keepResponse(response, own, options, encoder.hidden) };
}

/** A search that is not offered is not told among the tools. */
export function withOfferedTools(body: Named<ResponseBody>, { serverTools }: ChatRequest): Named<ResponseBody> {
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

export function keepResponse(
  response: ResponseObject,
  input: Parameters<typeof toStored>[1],
  { store, keepsAll = false }: PrepareOptions,
  hidden?: HiddenFields,
): boolean {
  return (!response.store && !keepsAll) || store.put(toStored(response, input, hidden));
}

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
