import { ApiError, invalid } from "../../../core/error.ts";
import { each, type Steps } from "../../../core/pace.ts";
import { type Accepted, placeItems } from "../../responses-shape/accept-body.ts";
import type { ContentItem, PlacedItem } from "../../responses-shape/wire/items.ts";
import type { ResponseBody } from "../../responses-shape/wire/schema.ts";
import { isUnfinished, type ResponseStore, type StoredResponse } from "../store/store.ts";

type ResolvedInput = {
  /** The whole conversation: what the responses before this one were asked and answered, and what is asked now. */
  readonly items: readonly PlacedItem[];
  /** What is asked now. */
  readonly own: readonly ContentItem[];
  /** What was left out, for the response header. */
  readonly ignored: readonly string[];
};

type Asked = Omit<Accepted<Pick<ResponseBody, "input" | "previous_response_id">>, "notes">;

/** Puts in what the input refers to. Throws when that is not, or no longer, kept. */
export function* resolveInput({ body, places }: Asked, store: ResponseStore, strict = false): Steps<ResolvedInput> {
  const previous = body.previous_response_id;
  const context = previous ? contextOf(previous, store) : [];
  const ignored = new Set<string>();
  const own: ContentItem[] = [];
  const items = [...context];
  yield* each(placeItems(body.input ?? [], places), ({ item, path }) => {
    const found = resolve(item, path, store, strict);
    if (found === undefined) ignored.add("input.item_reference");
    else {
      own.push(found);
      items.push({ item: found, path });
    }
  });
  if (previous) refuseStrangeResults(context, items.slice(context.length));
  return { items, own, ignored: [...ignored] };
}

/** The item itself; undefined for a reference that says nothing. Throws for one to what is not kept. */
function resolve(item: AskedItem, path: string, store: ResponseStore, strict: boolean): ContentItem | undefined {
  if (item.type !== "item_reference") return asKept(item, store);
  const kept = store.findItem(item.id);
  if (kept === undefined && (strict || !SAYS_NOTHING.test(item.id))) throw noSuchItem(item.id, path);
  return kept;
}

/**
 * Clients may send a search back without what Anthropic calls it, and thinking without what brings it back, which they are not told unless
 * they ask: where the item is kept, it is as it was.
 */
function asKept(item: ContentItem, store: ResponseStore): ContentItem {
  if (!isBare(item) || !item.id) return item;
  const kept = store.findItem(item.id);
  return kept && kept.type === item.type ? kept : item;
}

function isBare(item: ContentItem): boolean {
  return item.type === "reasoning"
    ? !item.encrypted_content
    : item.type === "web_search_call" && item.native === undefined;
}

type AskedItem = Exclude<NonNullable<ResponseBody["input"]>, string>[number];

/** What OpenAI calls items that would be left out if they were sent themselves: thinking, its searches, lists of tools. */
const SAYS_NOTHING = /^(?:rs|ws|mcpl)_/;

function noSuchItem(id: string, path: string): ApiError {
  const advice = "Send the item itself: items of responses with 'store' false are not kept, others for a while";
  return invalid(`${path}.id`, `'${path}.id' is ${JSON.stringify(id)}, and no such item is kept. ${advice}.`);
}

/**
 * Elsewhere a result may have lost its call, since a program has cut the history. Of a conversation that is kept here it is known
 * that there was no such call: the result belongs to another one.
 */
function refuseStrangeResults(context: readonly PlacedItem[], own: readonly PlacedItem[]): void {
  const calls = new Set(
    [...context, ...own].map(({ item }) => ("call_id" in item && !("output" in item) ? item.call_id : undefined)),
  );
  for (const { item, path } of own) {
    if (!("output" in item) || item.call_id === "" || calls.has(item.call_id)) continue;
    const param = `${path}.call_id`;
    const missing = `'${param}' is ${JSON.stringify(item.call_id)}, but there is no such call`;
    throw invalid(param, `${missing} in what 'previous_response_id' goes on after, or in the input.`);
  }
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
