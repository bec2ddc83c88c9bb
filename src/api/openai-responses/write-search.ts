import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { NativeBlockBuilder } from "../../core/native-block.ts";
import type { Turn } from "../../core/request.ts";
import type { ItemEvent, WebSearchCall } from "./output-item.ts";

/** What the model's searches are told with. */
export type SearchOptions = {
  /** Whether to tell what was found, which pages they were, and what Anthropic needs to know it by again. */
  readonly results?: boolean | undefined;
  readonly sources?: boolean | undefined;
  readonly native?: boolean | undefined;
  /** Searches of the answer before that had no result yet, by their ids. */
  readonly open?: ReadonlyMap<string, JsonObject>;
};

/** An item that is told, or told anew, at its place in the output. */
export type SearchStep = {
  readonly index: number;
  readonly item: WebSearchCall;
  readonly events: readonly ItemEvent[];
};

type Search = { readonly index: number; readonly id: string; readonly asked: JsonObject; readonly kept: JsonObject[] };

/**
 * The searches of an answer, and the pages that were fetched, as items: told once it is known what was asked, and completed with
 * what came of it, which may come after other searches have begun.
 */
export class SearchCalls {
  readonly #options: SearchOptions;
  readonly #open = new Map<string, Search>();
  readonly #done: Search[] = [];
  #block: NativeBlockBuilder | undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** By the ids of items what Anthropic calls them. */
  get native(): ReadonlyMap<string, readonly JsonObject[]> {
    return new Map([...this.#done, ...this.#open.values()].map(({ id, kept }) => [id, kept]));
  }

  start(content: JsonObject): void {
    this.#block = new NativeBlockBuilder(content);
  }

  delta(delta: JsonObject): void {
    this.#block?.push(delta);
  }

  /** `at`: the place of an item that begins now; `id`: what that is called. */
  end(at: number, id: string): SearchStep | undefined {
    const block = this.#block?.block;
    this.#block = undefined;
    if (block === undefined) return undefined;
    if (isAsked(block)) return this.#begin(block, at, id, [block]);
    const callId = resultId(block);
    return callId === undefined ? undefined : this.#complete(block, callId, at, id);
  }

  /** Those of which nothing came: the API goes on with them in the next answer. */
  leftOpen(): SearchStep[] {
    return [...this.#open.values()].map((search) => {
      const item = this.#itemOf(search, "incomplete");
      return { index: search.index, item, events: [{ type: "response.output_item.done", item }] };
    });
  }

  #begin(asked: JsonObject, index: number, id: string, kept: JsonObject[]): SearchStep {
    const search = { index, id, asked, kept };
    this.#open.set(String(asked.id), search);
    const { native: _, ...item } = this.#itemOf(search, "in_progress");
    const events = [
      { type: "response.output_item.added", item },
      { type: "response.web_search_call.in_progress", item_id: id },
      { type: "response.web_search_call.searching", item_id: id },
    ];
    return { index, item: { ...item, status: "searching" }, events };
  }

  #complete(result: JsonObject, callId: string, at: number, id: string): SearchStep | undefined {
    const before = this.#options.open?.get(callId);
    const begun = this.#open.has(callId) || before === undefined ? undefined : this.#begin(before, at, id, []);
    const search = this.#open.get(callId);
    if (search === undefined) return undefined;
    this.#open.delete(callId);
    this.#done.push(search);
    search.kept.push(result);
    const error = errorOf(result);
    const item = this.#itemOf(search, error === undefined ? "completed" : "failed", result);
    const completed = { type: "response.web_search_call.completed", item_id: search.id };
    const events = [
      ...(begun?.events ?? []),
      ...(error === undefined ? [completed] : []),
      { type: "response.output_item.done", item },
    ];
    return { index: search.index, item, events };
  }

  #itemOf({ id, asked, kept }: Search, status: WebSearchCall["status"], result?: JsonObject): WebSearchCall {
    const { results, sources, native } = this.#options;
    const found = result === undefined ? [] : foundBy(result);
    const error = result === undefined ? undefined : errorOf(result);
    return {
      id,
      type: "web_search_call",
      status,
      action: actionOf(asked, sources && result !== undefined ? found : undefined),
      ...(results && result !== undefined ? { results: found } : {}),
      ...(error === undefined ? {} : { error: { code: error } }),
      ...(native ? { native: kept } : {}),
    };
  }
}

type Found = { readonly url: string; readonly title?: string; readonly page_age?: string };

/** The pages that a result names. */
function foundBy({ content }: JsonObject): Found[] {
  const pages = Array.isArray(content) ? content : [content];
  return pages.flatMap((page): Found[] => {
    if (page === undefined || !isJsonObject(page) || typeof page.url !== "string") return [];
    const { url, title, page_age } = page;
    return [
      {
        url,
        ...(typeof title === "string" ? { title } : {}),
        ...(typeof page_age === "string" ? { page_age } : {}),
      },
    ];
  });
}

function errorOf({ content }: JsonObject): string | undefined {
  return isJsonObject(content) && typeof content.error_code === "string" ? content.error_code : undefined;
}

function actionOf({ name, input }: JsonObject, found: readonly Found[] | undefined): WebSearchCall["action"] {
  const { query, url } = isJsonObject(input) ? input : {};
  if (name === "web_fetch") return { type: "open_page", url: typeof url === "string" ? url : "" };
  const asked = typeof query === "string" ? query : "";
  const sources = found?.map((page) => ({ type: "url" as const, url: page.url }));
  return { type: "search", query: asked, queries: [asked], ...(sources ? { sources } : {}) };
}

const TOOLS: readonly unknown[] = ["web_search", "web_fetch"];

export function isAsked({ type, name, id }: JsonObject): boolean {
  return type === "server_tool_use" && typeof id === "string" && TOOLS.includes(name);
}

const RESULTS: readonly unknown[] = ["web_search_tool_result", "web_fetch_tool_result"];

export function resultId({ type, tool_use_id }: JsonObject): string | undefined {
  return RESULTS.includes(type) && typeof tool_use_id === "string" ? tool_use_id : undefined;
}

/** What the API's own tools were asked in a conversation, and have not answered, by their ids. */
export function openSearches(turns: readonly Turn[]): ReadonlyMap<string, JsonObject> {
  const open = new Map<string, JsonObject>();
  for (const { content } of turns) {
    for (const block of content) {
      if (block.type !== "native") continue;
      if (isAsked(block.block)) open.set(String(block.block.id), block.block);
      const answered = resultId(block.block);
      if (answered !== undefined) open.delete(answered);
    }
  }
  return open;
}
