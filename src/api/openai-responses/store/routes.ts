import { Elysia } from "elysia";
import { ApiError, invalid } from "../../../core/error.ts";
import { sseResponse } from "../../answer/sse.ts";
import type { Clients } from "../../clients.ts";
import { ignoredQuery, reportIgnored } from "../../fields/ignored-fields.ts";
import { describeQuery } from "../../openapi/describe-fields.ts";
import type { BackgroundRuns } from "../background/runs.ts";
import { ignoredLater } from "../decode/include.ts";
import { INPUT_ITEMS_PARAMETERS, RETRIEVAL_PARAMETERS } from "../parameters.ts";
import { asListed, type ResponseStore, type StoredResponse, storeOf } from "./store.ts";

/**
 * The query of GET /v1/responses/{id}. Throws an ApiError that names the parameter which is wrong, or, when strict, the one that
 * has no effect.
 */
function readRetrieval(query: URLSearchParams, strict: boolean) {
  const stream = readFlag(query.get("stream"));
  const after = query.get("starting_after");
  if (after !== null && !stream) {
    throw invalid("starting_after", "'starting_after' means something only together with 'stream=true'.");
  }
  // The SDKs write lists in different ways.
  const include = [...query].filter(([name]) => /^include(\[\d*\])?$/.test(name)).map(([, value]) => value);
  // The number of the last event that the client has.
  const startingAfter = after === null ? -1 : readNumber(after);
  const ignored = [...ignoredQuery(query, RETRIEVAL_PARAMETERS), ...ignoredLater(include)];
  return { stream, startingAfter, headers: reportIgnored(ignored, strict) };
}

function readFlag(text: string | null): boolean {
  if (text === null || text === "false") return false;
  if (text === "true") return true;
  throw invalid("stream", `Invalid value for 'stream': expected true or false, but got ${JSON.stringify(text)}.`);
}

function readNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const expected = "expected the sequence_number of an event, an integer from 0";
  throw invalid("starting_after", `Invalid value for 'starting_after': ${expected}, but got ${JSON.stringify(text)}.`);
}

const PATH = "/v1/responses/:id";
const PAGE = 20;
const LONGEST_PAGE = 100;

type StoredRouteOptions = {
  readonly store: ResponseStore;
  readonly clients: Clients | undefined;
  readonly background: BackgroundRuns;
  readonly heartbeatMs: number | undefined;
  /** Whether a query with fields that have no effect is refused. */
  readonly strict: boolean;
};

/** What can be done with a response that was stored. */
export function storedRoutes({ store: shared, clients, background, heartbeatMs, strict }: StoredRouteOptions) {
  /** What the request's key may have. Throws where the response is another's, as if there were none. */
  const storeFor = (request: Request, id: string) => {
    const own = storeOf(clients?.of(request).owner, shared);
    if (own.get(id) === undefined && shared.get(id) !== undefined) throw notFound(id);
    return own;
  };
  return new Elysia({ name: "openai-stored-responses" })
    .get(
      PATH,
      ({ params, request }) => {
        const store = storeFor(request, params.id);
        const { stream, startingAfter, headers } = readRetrieval(queryOf(request), strict);
        const events = stream ? background.events(params.id) : undefined;
        if (events) {
          if (startingAfter >= events.length) throw beyondEnd(startingAfter, events.length - 1);
          return sseResponse(events.after(startingAfter), { onAbandon: () => {}, headers, heartbeatMs });
        }
        const response = background.get(params.id) ?? storedResponse(params.id, store).response;
        if (stream) throw withoutEvents(response);
        return Response.json(response, { headers });
      },
      {
        detail: {
          summary: "A response that was stored, or the events of one that runs in the background",
          tags: ["OpenAI"],
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" } },
            ...describeQuery(RETRIEVAL_PARAMETERS),
          ],
          responses: {
            "200": {
              description: "The response, or its events.",
              content: {
                "application/json": { schema: { type: "object" } },
                "text/event-stream": { schema: { type: "string" } },
              },
            },
            default: { $ref: "#/components/responses/Error" },
          },
        },
      },
    )
    .delete(
      PATH,
      ({ params, request }) => {
        const store = storeFor(request, params.id);
        background.forget(params.id);
        if (!store.delete(params.id)) throw notFound(params.id);
        return { id: params.id, object: "response", deleted: true };
      },
      { detail: { summary: "Delete a response that was stored", tags: ["OpenAI"] } },
    )
    .post(
      `${PATH}/cancel`,
      ({ params, request }) => {
        const store = storeFor(request, params.id);
        const cancelled = background.cancel(params.id);
        if (cancelled) return cancelled;
        const { response } = storedResponse(params.id, store);
        // One that has ended already stays what it is.
        if (response.background === true) return response;
        throw invalid("id", "Only a response that was asked for with 'background' can be cancelled.");
      },
      { detail: { summary: "End a response that is written in the background", tags: ["OpenAI"] } },
    )
    .get(
      `${PATH}/input_items`,
      ({ params, request }) => {
        const store = storeFor(request, params.id);
        const query = queryOf(request);
        const headers = reportIgnored(ignoredQuery(query, INPUT_ITEMS_PARAMETERS), strict);
        return Response.json(pageOf(storedResponse(params.id, store), query), { headers });
      },
      {
        detail: {
          summary: "What a stored response was the answer to",
          tags: ["OpenAI"],
          parameters: describeQuery(INPUT_ITEMS_PARAMETERS),
        },
      },
    );
}

function storedResponse(id: string, store: ResponseStore): StoredResponse {
  const stored = store.get(id);
  if (stored === undefined) throw notFound(id);
  return stored;
}

/** `response` is one whose events are not there to be told. */
function withoutEvents({ background }: Readonly<Record<string, unknown>>): ApiError {
  const kept = "the events of a response are kept when it is created with both 'background' and 'stream'";
  const why =
    background === true
      ? `${kept}, until ten minutes after its end, and no longer than the server runs`
      : `${kept}, and this one was not`;
  return invalid("stream", `'stream' is true, but there are no events to tell: ${why}. Leave 'stream' out.`);
}

function beyondEnd(startingAfter: number, last: number): ApiError {
  const expected = `expected the sequence_number of an event, the last of which is ${last} so far`;
  return invalid("starting_after", `Invalid value for 'starting_after': ${expected}, but got ${startingAfter}.`);
}

function pageOf({ input }: StoredResponse, query: URLSearchParams) {
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") {
    throw invalid("order", `Invalid value for 'order': expected "asc" or "desc", but got ${JSON.stringify(order)}.`);
  }
  const items = order === "asc" ? input : input.toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0)
    throw invalid("after", `'after' names none of the items: ${JSON.stringify(after)}.`);
  const limit = limitOf(query.get("limit"));
  const data = items.slice(start, start + limit).map(asListed);
  return {
    object: "list",
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < items.length,
  };
}

function limitOf(text: string | null): number {
  if (text === null) return PAGE;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LONGEST_PAGE) return limit;
  throw invalid("limit", `Invalid value for 'limit': expected an integer from 1 to ${LONGEST_PAGE}.`);
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.url).searchParams;
}

function notFound(id: string): ApiError {
  const why = "It was not stored, or was deleted or is too old.";
  return new ApiError("response_not_found", `Response with id '${id.slice(0, 100)}' not found. ${why}`, {
    param: "id",
  });
}
