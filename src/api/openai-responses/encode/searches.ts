import { NativeBlockBuilder } from "../../../core/collect.ts";
import { isJsonObject, type JsonObject } from "../../../core/json.ts";
import { isAsked, resultId } from "../../responses-shape/decode/searches.ts";
import type { ItemEvent, WebSearchCall } from "../wire/output-items.ts";

/** What more of the model's searches is told. */
export type SearchOptions = {
  /** The pages that were found, with their titles. */
  readonly results?: boolean | undefined;
  readonly sources?: boolean | undefined;
  /** What Anthropic calls them. */
  readonly native?: boolean | undefined;
};

/** An item that is told, or told anew, at its place in the output. */
export type SearchStep = {
  readonly index: number;
  readonly item: WebSearchCall;
  readonly events: readonly ItemEvent[];
};

type Search = { readonly index: number; readonly id: string; readonly asked: JsonObject };

/**
 * The searches of an answer, and the pages that were fetched, as items: told once it is known what was asked, and completed with
 * what came of it, which may come after other searches have begun.
 */
export class SearchCalls {
  readonly #options: SearchOptions;
  readonly #open = new Map<string, Search>();
  /** By the ids of items what Anthropic calls them: what was asked, and what came of it. */
  readonly native = new Map<string, readonly JsonObject[]>();
  #block: NativeBlockBuilder | undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  start(content: JsonObject): void {
    this.#block = new NativeBlockBuilder(content);
  }

  delta(delta: JsonObject): void {
    this.#block?.push(delta);
  }

  /** `index`: the place of an item that begins now; `id`: what that is called. */
  end(index: number, id: string): SearchStep | undefined {
    const block = this.#block?.block;
    this.#block = undefined;
    if (block === undefined) return undefined;
    return isAsked(block) ? this.#begin({ index, id, asked: block }) : this.#complete(block);
  }

  /** Those of which nothing came. One that the model makes beside a call of a function is not run: the CLI forgets it. */
  leftOpen(): SearchStep[] {
    return [...this.#open.values()].map((search) => {
      const item = this.#itemOf(search, "incomplete");
      return { index: search.index, item, events: [{ type: "response.output_item.done", item }] };
    });
  }

  #begin(search: Search): SearchStep {
    const { index, id, asked } = search;
    this.#open.set(String(asked.id), search);
    const events = [
      { type: "response.output_item.added", item: this.#itemOf(search, "in_progress") },
      { type: "response.web_search_call.in_progress", item_id: id },
      { type: "response.web_search_call.searching", item_id: id },
    ];
    return { index, item: this.#itemOf(search, "searching"), events };
  }

  #complete(result: JsonObject): SearchStep | undefined {
    const callId = resultId(result) ?? "";
    const search = this.#open.get(callId);
    if (search === undefined) return undefined;
    this.#open.delete(callId);
    this.native.set(search.id, [search.asked, result]);
    const hasFailed = errorOf(result) !== undefined;
    const item = this.#itemOf(search, hasFailed ? "failed" : "completed", result);
    const completed = { type: "response.web_search_call.completed", item_id: search.id };
    const done = { type: "response.output_item.done", item };
    return { index: search.index, item, events: hasFailed ? [done] : [completed, done] };
  }

  #itemOf({ id, asked }: Search, status: WebSearchCall["status"], result?: JsonObject): WebSearchCall {
    const item = { id, type: "web_search_call", status } as const;
    if (result === undefined) return { ...item, action: actionOf(asked) };
    const { results, sources, native } = this.#options;
    const found = foundBy(result);
    const code = errorOf(result);
    return {
      ...item,
      action: actionOf(asked, sources ? found : undefined),
      ...(results ? { results: found } : {}),
      ...(code === undefined ? {} : { error: { code } }),
      ...(native ? { native: [asked, result] } : {}),
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

function actionOf({ name, input }: JsonObject, found?: readonly Found[]): WebSearchCall["action"] {
  const { query, url } = isJsonObject(input) ? input : {};
  if (name === "web_fetch") return { type: "open_page", url: typeof url === "string" ? url : "" };
  const asked = typeof query === "string" ? query : "";
  const sources = found?.map((page) => ({ type: "url" as const, url: page.url }));
  return { type: "search", query: asked, queries: [asked], ...(sources ? { sources } : {}) };
}
