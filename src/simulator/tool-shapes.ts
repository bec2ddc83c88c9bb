import { ADVISOR, type Betas, type Gate, isOpen, MCP } from "./betas.ts";

// The tools that the API knows, and their fields, by the types of Anthropic's SDK for TypeScript, 1.14.0 (`BetaToolUnion`).

export type ToolShape = {
  /** The only name it may have; a toolset has none. */
  readonly name?: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly gate?: Gate | undefined;
};

const COMMON = ["allowed_callers", "cache_control", "defer_loading", "strict"];
const DOMAINS = ["allowed_domains", "blocked_domains", "max_uses"];
const SEARCH = [...DOMAINS, "user_location"];
const FETCH = [...DOMAINS, "citations", "max_content_tokens", "url_sources"];
const SCREEN = ["display_height_px", "display_width_px"];

/** A client's own tool. */
export const CUSTOM: ToolShape = {
  required: ["name", "input_schema"],
  optional: [...COMMON, "description", "eager_input_streaming", "input_examples"],
};

export const TOOLS: ReadonlyMap<string, ToolShape> = new Map<string, ToolShape>([
  ["bash_20241022", own("bash", [], ["computer-use-2024-10-22"])],
  ["bash_20250124", own("bash")],
  ["code_execution_20250522", own("code_execution")],
  ["code_execution_20250825", own("code_execution")],
  ["code_execution_20260120", own("code_execution")],
  ["code_execution_20260521", own("code_execution")],
  ["browser_toolset_20260801", toolset()],
  ["computer_toolset_20260801", toolset()],
  ["computer_20241022", computer([], "computer-use-2024-10-22")],
  ["computer_20250124", computer([], "computer-use-2025-01-24")],
  ["computer_20251124", computer(["enable_zoom"], "computer-use-2025-11-24")],
  ["memory_20250818", own("memory")],
  ["text_editor_20241022", own("str_replace_editor", [], ["computer-use-2024-10-22"])],
  ["text_editor_20250124", own("str_replace_editor")],
  ["text_editor_20250429", own("str_replace_based_edit_tool")],
  ["text_editor_20250728", own("str_replace_based_edit_tool", ["max_characters"])],
  ["web_search_20250305", own("web_search", SEARCH)],
  ["web_search_20260209", own("web_search", SEARCH)],
  ["web_search_20260318", own("web_search", [...SEARCH, "response_inclusion"])],
  ["web_fetch_20250910", own("web_fetch", FETCH)],
  ["web_fetch_20260209", own("web_fetch", FETCH)],
  ["web_fetch_20260309", own("web_fetch", [...FETCH, "use_cache"])],
  ["web_fetch_20260318", own("web_fetch", [...FETCH, "response_inclusion", "use_cache"])],
  ["tool_search_tool_bm25", own("tool_search_tool_bm25")],
  ["tool_search_tool_bm25_20251119", own("tool_search_tool_bm25")],
  ["tool_search_tool_regex", own("tool_search_tool_regex")],
  ["tool_search_tool_regex_20251119", own("tool_search_tool_regex")],
  ["advisor_20260301", own("advisor", ["caching", "max_tokens", "max_uses"], ADVISOR, ["model"])],
  ["mcp_toolset", { required: ["mcp_server_name"], optional: ["cache_control", "default_config", "tools"], gate: MCP }],
]);

/** Tools that the API runs itself. */
const RUN_BY_API = /^(?:web_search|web_fetch|code_execution|tool_search_tool|advisor|mcp_toolset)/;

export function isServerTool(type: unknown): boolean {
  return typeof type === "string" && RUN_BY_API.test(type);
}

/** The types of tools that a request with these beta values may have. */
export function toolTypes(betas: Betas): string[] {
  const own = [...TOOLS].filter(([, { gate }]) => isOpen(gate, betas)).map(([type]) => type);
  return [...own, "custom"].sort();
}

function own(name: string, fields: readonly string[] = [], gate?: Gate, required: readonly string[] = []): ToolShape {
  return { name, required: ["name", ...required], optional: [...COMMON, ...fields], gate };
}

function computer(fields: readonly string[], beta: string): ToolShape {
  return own("computer", ["display_number", ...fields], [beta], SCREEN);
}

function toolset(): ToolShape {
  return { required: [], optional: ["cache_control", "configs"] };
}
