import type { JsonObject } from "../../src/core/json.ts";
import {
  blocks,
  type MessageOptions,
  native,
  type Reply,
  type ReplyBlock,
  textBlock,
} from "../../src/simulator/reply.ts";

// A search as Anthropic's API answers with it.

export const PAGE = { url: "https://weather.example/rome", title: "Rome" };

export const citation = (index: string, cited_text = "Sunny"): JsonObject => ({
  type: "web_search_result_location",
  cited_text,
  ...PAGE,
  encrypted_index: index,
});

export const asked = (id: string, query: string): JsonObject => ({
  type: "server_tool_use",
  id,
  name: "web_search",
  input: { query },
});

const found = (id: string): JsonObject => ({
  type: "web_search_tool_result",
  tool_use_id: id,
  content: [{ type: "web_search_result", ...PAGE, encrypted_content: "ZW5j", page_age: "1 day ago" }],
});

/** As the model remembers it: what it says first, a search, and texts of which one rests on a page. */
export const SEARCHED: readonly JsonObject[] = [
  { type: "text", text: "I look that up." },
  asked("srvtoolu_01", "weather Rome"),
  found("srvtoolu_01"),
  { type: "text", text: "In Rome it is " },
  { type: "text", text: "sunny 😀", citations: [citation("aW5kZXg=")] },
  { type: "text", text: ", they say." },
];

/** A reply of such blocks. */
export function searched(content: readonly JsonObject[] = SEARCHED, options: MessageOptions = {}): Reply {
  return blocks(content.map(replyBlock), options);
}

/** A reply of a search and something else. */
export function mixed(search: JsonObject, ...others: ReplyBlock[]): Reply {
  return blocks([replyBlock(search), ...others]);
}

function replyBlock(block: JsonObject): ReplyBlock {
  if (block.type !== "text" || typeof block.text !== "string") return native({ ...block, type: String(block.type) });
  const citations = Array.isArray(block.citations) ? block.citations : undefined;
  return textBlock(block.text, undefined, citations);
}
