import { ApiError } from "../../core/error.ts";
import { invalid } from "../invalid.ts";
import type { PlacedItem } from "./decode-conversation.ts";
import type { ResponseBody } from "./schema.ts";
import type { ContentItem } from "./schema-items.ts";
import { isUnfinished, type ResponseStore, type StoredResponse } from "./store.ts";

export type ResolvedInput = {
  /** The whole conversation: what the responses before this one were asked and answered, and what is asked now. */
  readonly items: readonly PlacedItem[];
  /** What is asked now. */
  readonly own: readonly ContentItem[];
};

/** Puts in what the input refers to. Throws when that is not, or no longer, kept. */
export function resolveInput(
  body: Pick<ResponseBody, "input" | "previous_response_id">,
  store: ResponseStore,
): ResolvedInput {
  const own = ownItems(body.input, store);
  const context = body.previous_response_id ? contextOf(body.previous_response_id, store) : [];
  return { items: [...context, ...own], own: own.map(({ item }) => item) };
}

function ownItems(input: ResponseBody["input"], store: ResponseStore): PlacedItem[] {
  if (typeof input === "string") return [{ item: { type: "message", role: "user", content: input }, path: "input" }];
  return input.map((item, index) => {
    const path = `input[${index}]`;
    return { item: "type" in item && item.type === "item_reference" ? keptItem(item.id, path, store) : item, path };
  });
}

function keptItem(id: string, path: string, store: ResponseStore): ContentItem {
  const item = store.findItem(id);
  if (item) return item;
  const advice = "Send the item itself: items of responses with 'store' false are not kept, others for a while";
  throw invalid(`${path}.id`, `'${path}.id' is ${JSON.stringify(id)}, and no such item is kept. ${advice}.`);
}

const PREVIOUS = "previous_response_id";

/** Everything up to a response and with it, in its order. */
function contextOf(id: string, store: ResponseStore): PlacedItem[] {
  const chain: StoredResponse[] = [];
  for (let next: string | null = id; next !== null; ) {
    const stored = store.get(next);
    if (stored === undefined) throw notKept(next, id);
    if (isUnfinished(stored)) throw stillWritten(next);
    chain.push(stored);
    next = stored.previousId;
  }
  return chain
    .reverse()
    .flatMap(({ input, output }) => [...input, ...output])
    .map((item) => ({ item, path: PREVIOUS }));
}

function stillWritten(id: string): ApiError {
  const advice = `Wait until GET /v1/responses/${id} tells of another status than "queued" and "in_progress"`;
  return invalid(PREVIOUS, `Previous response with id '${id}' is still being written. ${advice}, or cancel it.`);
}

function notKept(missing: string, asked: string): ApiError {
  const which = missing === asked ? `'${asked}'` : `'${missing}', which '${asked}' goes back to,`;
  const message = `Previous response with id ${which} not found: it was not stored, or was deleted or is too old. Send the whole conversation as input.`;
  return new ApiError("previous_response_not_found", message, { param: PREVIOUS });
}
