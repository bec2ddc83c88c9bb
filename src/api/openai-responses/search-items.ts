import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { ContentBlock, Turn } from "../../core/request.ts";
import { areWhole } from "../web-search/citations.ts";
import { isMessage, type PlacedItem, type SearchItem } from "./schema-items.ts";
import { isAsked, resultId } from "./write-search.ts";

/** What Anthropic calls a search and what it found; none where the item does not hold it. */
export function nativeOf({ native }: SearchItem): readonly JsonObject[] {
  if (!Array.isArray(native)) return [];
  const blocks = native.filter(isJsonObject);
  return blocks.every((block) => isAsked(block) || resultId(block) !== undefined) ? blocks : [];
}

/** The pages that a search of another service tells of; undefined where it tells none. */
export function foundByOthers({ action, results }: SearchItem): unknown {
  const sources = isJsonObject(action) ? action.sources : undefined;
  return [results, sources].find((list) => Array.isArray(list) && list.length > 0);
}

/** Searches that nothing is known of but that they were made, for the response header. */
export function unreadSearches(items: readonly PlacedItem[]): string[] {
  const isUnread = ({ item }: PlacedItem) =>
    "type" in item &&
    item.type === "web_search_call" &&
    nativeOf(item).length === 0 &&
    foundByOthers(item) === undefined;
  return items.some(isUnread) ? ["input.web_search_call"] : [];
}

function nativeBlock(block: ContentBlock): JsonObject[] {
  return block.type === "native" ? [block.block] : [];
}

/** Annotations of texts that are none of this server's, or not whole any more, for the response header. */
export function unreadAnnotations(items: readonly PlacedItem[]): string[] {
  const isUnread = ({ item }: PlacedItem) =>
    isMessage(item) &&
    typeof item.content !== "string" &&
    item.content.some((part) => part.type === "output_text" && !areWhole(part.text, part.annotations));
  return items.some(isUnread) ? ["input.content.annotations"] : [];
}

/**
 * The turns without searches that have no result and are not being made, and results without a search: the API takes neither. One that
 * was begun beside calls of functions gets its result in the answer to theirs, so it stays as long as that is to come.
 */
export function withoutLostSearches(turns: readonly Turn[]): Turn[] {
  const blocks = turns.flatMap(({ content }) => content.flatMap(nativeBlock));
  const asked = new Set(blocks.filter(isAsked).map(({ id }) => id));
  const answered = new Set<unknown>(blocks.map(resultId).filter((id) => id !== undefined));
  const last = turns.findLastIndex(({ role }) => role === "assistant");
  const isWaiting = turns[last]?.content.some(({ type }) => type === "tool-call") ?? false;
  const isKept = (block: ContentBlock, isLast: boolean) => {
    if (block.type !== "native") return true;
    if (isAsked(block.block)) return answered.has(block.block.id) || (isLast && isWaiting);
    const id = resultId(block.block);
    return id === undefined || asked.has(id);
  };
  return turns.flatMap((turn, index): Turn[] => {
    const content = turn.content.filter((block) => isKept(block, index === last));
    if (content.length === turn.content.length) return [turn];
    return content.length === 0 ? [] : [{ ...turn, content }];
  });
}
