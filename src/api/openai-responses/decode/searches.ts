import { isJsonObject, type JsonObject } from "../../../core/json.ts";
import { areWhole } from "../../web-search/citations.ts";
import { isAsked, resultId } from "../encode/searches.ts";
import { isMessage, type PlacedItem, type SearchItem } from "../wire/items.ts";

/** What Anthropic calls a search and what came of it; none where the item does not hold both, which the API takes only together. */
export function nativeOf({ native }: SearchItem): readonly JsonObject[] {
  const [asked, result, ...others] = Array.isArray(native) ? native : [];
  if (!isJsonObject(asked) || !isJsonObject(result) || others.length > 0) return [];
  return isAsked(asked) && resultId(result) === asked.id ? [asked, result] : [];
}

/** What this server calls its searches. */
const OWN_ID = /^ws_[0-9a-f]{32}_\d+$/;

/**
 * The pages that a search of another service tells of; undefined where it tells none. The AI SDK writes searches anew, with their pages and
 * without what Anthropic calls them. A call in the place of one of this server's would be another conversation than the process remembers.
 */
export function foundByOthers({ id, action, results }: SearchItem): unknown {
  if (id && OWN_ID.test(id)) return undefined;
  const sources = isJsonObject(action) ? action.sources : undefined;
  return [results, sources].find((list) => Array.isArray(list) && list.length > 0);
}

/** Searches that nothing is known of but that they were made, for the response header. */
export function unreadSearches(items: readonly PlacedItem[]): string[] {
  const isUnread = ({ item }: PlacedItem) =>
    "type" in item &&
    item.type === "web_search_call" &&
    item.status !== "incomplete" &&
    nativeOf(item).length === 0 &&
    foundByOthers(item) === undefined;
  return items.some(isUnread) ? ["input.web_search_call"] : [];
}

/** Annotations of texts that are none of this server's, or not whole any more, for the response header. */
export function unreadAnnotations(items: readonly PlacedItem[]): string[] {
  const isUnread = ({ item }: PlacedItem) =>
    isMessage(item) &&
    typeof item.content !== "string" &&
    item.content.some((part) => part.type === "output_text" && !areWhole(part.text, part.annotations));
  return items.some(isUnread) ? ["input.content.annotations"] : [];
}
