// What is asked of the API where its own tools are at work, and its answers.
import type { ChatRequest, ContentBlock, ServerTool, Tool, Turn } from "../../src/core/request.ts";
import { native, type ReplyBlock } from "../../src/simulator/reply.ts";

export const user = (...content: (string | ContentBlock)[]): Turn => ({
  role: "user",
  content: content.map((block) => (typeof block === "string" ? { type: "text", text: block } : block)),
});
export const result = (callId: string, words: string): ContentBlock => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text: words }],
});
/** A request with this system prompt. */
export const requestFor = (system: string, turns: readonly Turn[], fields: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "sonnet",
  system,
  turns,
  tools: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
  stop: [],
  ...fields,
});

export const f = (name: string, fields: Partial<Tool> = {}): Tool => ({
  name,
  parameters: { type: "object" },
  ...fields,
});
export const SEARCH = { type: "web_search_20250305", name: "web_search", max_uses: 3 };
export const searching = (at = 0): ServerTool[] => [{ definition: SEARCH, at }];
export const PAGES = [{ url: "https://example.com/a", title: "A…", said: "It is so." }];
export const call = (id: string): ReplyBlock =>
  native({ type: "server_tool_use", id, name: "web_search", input: { query: "q" } });
export const found = (id: string): ReplyBlock =>
  native({ type: "web_search_tool_result", tool_use_id: id, content: [] });
