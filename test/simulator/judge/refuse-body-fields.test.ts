import { testAccepted, testRefused, turns, withBetas } from "./verdict.ts";

const EXTRA = "Extra inputs are not permitted";
const MCP = withBetas("mcp-client-2025-11-20");
const EDITS = withBetas("context-management-2025-06-27");
const servers = [{ type: "url", name: "docs", url: "https://example.com/mcp" }];
const toolset = { type: "mcp_toolset", mcp_server_name: "docs" };
const clearing = { edits: [{ type: "clear_thinking_20251015", keep: "all" }] };
const code = { type: "code_execution_20260120", name: "code_execution" };

testAccepted([
  ["every field that needs no beta value", { metadata: { user_id: "u" }, service_tier: "auto", inference_geo: "us" }],
  ["context management, with its beta value", { context_management: clearing }, EDITS],
  ["MCP servers, with their beta value", { mcp_servers: servers, tools: [toolset] }, MCP],
  ["a container of a code execution tool", { container: "container_1", tools: [code] }],
  ["skills in a container", { container: { skills: [{ type: "anthropic", skill_id: "pdf" }] }, tools: [code] }],
  ["no token to answer with, which only fills the cache", { max_tokens: 0 }],
]);

testRefused([
  ["a field of another API", { reasoning_effort: "low" }, `reasoning_effort: ${EXTRA}`],
  ["a field of a message", { messages: [{ role: "user", content: "x", name: "Ann" }] }, `messages.0.name: ${EXTRA}`],
  ["a field of a block", turns([{ type: "text", text: "x", id: "1" }]), `messages.0.content.0.text.id: ${EXTRA}`],
  ["a field of a system block", { system: [{ type: "text", text: "x", id: "1" }] }, `system.0.id: ${EXTRA}`],
  ["a field of the output settings", { output_config: { verbosity: "low" } }, `output_config.verbosity: ${EXTRA}`],
  ["metadata beyond a user", { metadata: { trace: "1" } }, `metadata.trace: ${EXTRA}`],
  ["context management without its beta value", { context_management: clearing }, `context_management: ${EXTRA}`],
  ["MCP servers without their beta value", { mcp_servers: servers }, `mcp_servers: ${EXTRA}`],
  [
    "an edit that needs another beta value",
    { context_management: { edits: [{ type: "compact_20260112" }] } },
    "context_management.edits.0: Input tag 'compact_20260112' found using 'type' does not match any of the expected tags: " +
      "'clear_tool_uses_20250919', 'clear_thinking_20251015'",
    EDITS,
  ],
  [
    "a toolset of a server that is not there",
    { mcp_servers: [], tools: [toolset] },
    "tools: MCP server 'docs' referenced by mcp_toolset not found in mcp_servers",
    MCP,
  ],
  [
    "a container that nothing runs in",
    { container: "container_1" },
    "container: Container identifier can only be provided when using the code execution tool",
  ],
  ["thinking without a budget", { thinking: { type: "enabled" } }, "thinking.enabled.budget_tokens: Field required"],
  [
    "a display that needs its beta value",
    { thinking: { type: "adaptive", display: "updates" } },
    "thinking.adaptive.display: Input should be 'summarized' or 'omitted'",
  ],
  ["a temperature above 1", { temperature: 1.5 }, "temperature: range: 0..1"],
]);
