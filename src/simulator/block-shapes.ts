import { type Betas, type Gate, isOpen, TOOL_CHANGES } from "./betas.ts";

// The blocks of a message and their fields, by the types of Anthropic's SDK for TypeScript, 1.14.0 (`BetaContentBlockParam`). That a
// conversation's old blocks need the beta values of what made them is said nowhere, so they are taken without.

type Role = "user" | "assistant" | "system";

export type BlockShape = {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** In whose messages it may stand; default: in any but a system message. */
  readonly roles?: readonly Role[];
  readonly gate?: Gate;
};

const ASSISTANT: readonly Role[] = ["assistant"];
const USER: readonly Role[] = ["user"];
const SYSTEM: readonly Role[] = ["system"];
const RESULT: BlockShape = { required: ["tool_use_id", "content"], optional: ["cache_control"], roles: ASSISTANT };
const CALLED_RESULT: BlockShape = { ...RESULT, optional: ["cache_control", "caller"] };
const TOOL_CHANGE: BlockShape = {
  required: ["tool"],
  optional: ["cache_control"],
  roles: SYSTEM,
  gate: TOOL_CHANGES,
};

export const BLOCKS: ReadonlyMap<string, BlockShape> = new Map<string, BlockShape>([
  ["text", { required: ["text"], optional: ["cache_control", "citations"], roles: ["user", "assistant", "system"] }],
  ["image", { required: ["source"], optional: ["cache_control", "transformations"], roles: USER }],
  ["document", { required: ["source"], optional: ["cache_control", "citations", "context", "title"], roles: USER }],
  [
    "search_result",
    { required: ["content", "source", "title"], optional: ["cache_control", "citations"], roles: USER },
  ],
  ["thinking", { required: ["signature", "thinking"], optional: [], roles: ASSISTANT }],
  ["redacted_thinking", { required: ["data"], optional: [], roles: ASSISTANT }],
  [
    "tool_use",
    { required: ["id", "input", "name"], optional: ["cache_control", "caller", "toolset_name"], roles: ASSISTANT },
  ],
  [
    "tool_result",
    { required: ["tool_use_id"], optional: ["cache_control", "content", "is_error", "toolset_name"], roles: USER },
  ],
  ["server_tool_use", { required: ["id", "input", "name"], optional: ["cache_control", "caller"], roles: ASSISTANT }],
  ["web_search_tool_result", CALLED_RESULT],
  ["web_fetch_tool_result", CALLED_RESULT],
  ["code_execution_tool_result", RESULT],
  ["bash_code_execution_tool_result", RESULT],
  ["text_editor_code_execution_tool_result", RESULT],
  ["tool_search_tool_result", RESULT],
  ["container_upload", { required: ["file_id"], optional: ["cache_control"] }],
  ["advisor_tool_result", RESULT],
  ["mcp_tool_use", { required: ["id", "input", "name", "server_name"], optional: ["cache_control"], roles: ASSISTANT }],
  [
    "mcp_tool_result",
    { required: ["tool_use_id"], optional: ["cache_control", "content", "is_error"], roles: ASSISTANT },
  ],
  ["mcp_tool_listing", { required: ["mcp_server_name", "tools"], optional: [], roles: ASSISTANT }],
  [
    "compaction",
    {
      required: [],
      optional: ["cache_control", "content", "encrypted_content", "signature", "tool_changes"],
      roles: ASSISTANT,
    },
  ],
  ["fallback", { required: ["from", "to"], optional: ["trigger"], roles: ASSISTANT }],
  ["tool_addition", TOOL_CHANGE],
  ["tool_removal", TOOL_CHANGE],
]);

/** What a `tool_result` may hold. */
export const IN_RESULT: readonly string[] = ["text", "image", "document", "search_result", "tool_reference"];

export const TOOL_REFERENCE: BlockShape = { required: ["tool_name"], optional: ["cache_control"] };

/** The kinds of blocks that a request with these beta values may have. */
export function blockTypes(betas: Betas): string[] {
  return [...BLOCKS].filter(([, { gate }]) => isOpen(gate, betas)).map(([type]) => type);
}
