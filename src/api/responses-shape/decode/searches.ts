import { isJsonObject, type JsonObject } from "../../../core/json.ts";
import { areWhole } from "../../web-search/citations.ts";
import { decodeSummary } from "../compaction.ts";
import { type ContentItem, type ContentPart, isMessage, type PlacedItem, type SearchItem } from "../wire/items.ts";

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

/** The places of what the model cannot be told of, for the response header. */
export function unreadItems(items: readonly PlacedItem[]): string[] {
  return [...new Set(items.flatMap(({ item }) => unreadOf(item) ?? []))];
}

function unreadOf(item: ContentItem): string | undefined {
  if (isMessage(item)) {
    const isUnread = (part: ContentPart) => part.type === "output_text" && !areWhole(part.text, part.annotations);
    return typeof item.content !== "string" && item.content.some(isUnread) ? "input.content.annotations" : undefined;
  }
  // It stands for a conversation, and was made by another server: what it stood for is lost.
  if (item.type === "compaction")
    return decodeSummary(item.encrypted_content) === undefined ? "input.compaction" : undefined;
  const isUnknown = item.type === "web_search_call" && item.status !== "incomplete" && nativeOf(item).length === 0;
  return isUnknown && foundByOthers(item) === undefined ? "input.web_search_call" : undefined;
}

const TOOLS: readonly unknown[] = ["web_search", "web_fetch"];

export function isAsked({ type, name, id }: JsonObject): boolean {
  return type === "server_tool_use" && typeof id === "string" && TOOLS.includes(name);
}

const RESULTS: readonly unknown[] = ["web_search_tool_result", "web_fetch_tool_result"];

export function resultId({ type, tool_use_id }: JsonObject): string | undefined {
  return RESULTS.includes(type) && typeof tool_use_id === "string" ? tool_use_id : undefined;
}
