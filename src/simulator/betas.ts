// What the API only takes with a value in the header `anthropic-beta`: what the types of Anthropic's SDK for TypeScript, 1.14.0, have under
// `beta` and not beside it, with the values that its documentation names. `per-turn-control-2026-07-01` is the CLI's own name for output
// settings within a conversation: it sends it with them.

/** The values of `anthropic-beta` of one request. */
export type Betas = ReadonlySet<string>;

/** Any one of these will do. */
export type Gate = readonly string[];

export const TOOL_CHANGES: Gate = ["mid-conversation-tool-changes-2026-07-01", "inline-tools-2026-09-15"];
export const MCP: Gate = ["mcp-client-2025-04-04", "mcp-client-2025-11-20", "mcp-client-2026-09-15"];
export const COMPACTION: Gate = ["compact-2026-01-12", "compact-2026-09-04"];
const CONTEXT_MANAGEMENT: Gate = ["context-management-2025-06-27", "compact-2026-01-12"];
export const ADVISOR: Gate = ["advisor-tool-2026-03-01"];
const FALLBACKS: Gate = ["server-side-fallback-2026-06-01", "server-side-fallback-2026-07-01"];
export const TURN_OUTPUT: Gate = ["mid-conversation-output-config-2026-07-01", "per-turn-control-2026-07-01"];
export const CLEAR_AT: Gate = ["mid-conversation-system-clear-at-2026-08-21"];
export const BLOCK_BINDING: Gate = ["thinking-binding-controls-2026-08-01"];
export const DISPLAY_UPDATES: Gate = ["thinking-display-updates-2026-08-18"];
export const THINKING_COUNT: Gate = ["thinking-token-count-2026-05-13"];
export const TASK_BUDGET: Gate = ["task-budgets-2026-03-13"];

/** The fields of the body that need one. */
export const GATED_FIELDS: ReadonlyMap<string, Gate> = new Map([
  ["billing_policy", ["user-profiles-billing-2026-10-01"]],
  ["compaction", COMPACTION],
  ["context_management", CONTEXT_MANAGEMENT],
  ["fallback_credit_token", ["fallback-credit-2026-06-01", "fallback-credit-2026-07-01"]],
  ["fallbacks", FALLBACKS],
  ["mcp_servers", MCP],
  ["output_format", ["structured-outputs-2025-11-13"]],
  ["thread", ["message-threads-2026-08-12"]],
]);

export function betasOf(headers: Headers): Betas {
  const values = headers.get("anthropic-beta")?.split(",") ?? [];
  return new Set(values.map((value) => value.trim()));
}

/** Whether one of what would do is there, or nothing is needed. */
export function isOpen(gate: Gate | undefined, betas: Betas): boolean {
  return gate === undefined || gate.some((value) => betas.has(value));
}
