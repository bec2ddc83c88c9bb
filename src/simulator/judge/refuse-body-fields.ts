import {
  type Betas,
  BLOCK_BINDING,
  CLEAR_AT,
  COMPACTION,
  DISPLAY_UPDATES,
  GATED_FIELDS,
  isOpen,
  TASK_BUDGET,
  TURN_OUTPUT,
} from "../betas.ts";
import { type ApiFields, isFields, listOf } from "../messages-body.ts";
import {
  extraInput,
  extraProblem,
  firstProblem,
  flagProblem,
  listProblem,
  type Problem,
  stringProblem,
  unknownTagProblem,
} from "./refuse-fields.ts";

// The fields of the body itself. That an unknown one is refused, in which words, and in which order the API looks, is from requests that
// others sent to it and wrote down on 2026-08-31; which fields there are is from Anthropic's SDK for TypeScript, 1.14.0.

const FIELDS: ReadonlySet<string> = new Set([
  ...["model", "messages", "max_tokens", "system", "tools", "tool_choice", "stream", "stop_sequences", "metadata"],
  ...["temperature", "top_k", "top_p", "thinking", "output_config", "service_tier", "cache_control", "container"],
  ...["inference_geo", "diagnostics", "speed", "user_profile_id", "workspace_id"],
]);
const MESSAGE_FIELDS = ["role", "content"];
const EDITS = ["clear_tool_uses_20250919", "clear_thinking_20251015", "compact_20260112"];
const THINKING_TYPES = ["enabled", "disabled", "between_tools", "adaptive"];
const MCP_SERVER_FIELDS = ["type", "name", "url", "authorization_token", "tool_configuration"];

/** A field of the body that the API does not know, or not without a beta value. */
export function unknownFieldProblem(body: ApiFields, betas: Betas): Problem {
  const unknown = Object.keys(body).find(
    (name) => !FIELDS.has(name) && !(GATED_FIELDS.has(name) && isOpen(GATED_FIELDS.get(name), betas)),
  );
  return unknown === undefined ? undefined : extraInput(unknown);
}

/** The same for a message. */
export function messageFieldsProblem(place: string, { role, ...message }: ApiFields, betas: Betas): Problem {
  const known = [...MESSAGE_FIELDS];
  if (role === "system" && isOpen(TURN_OUTPUT, betas)) known.push("output_config");
  if (role === "system" && isOpen(CLEAR_AT, betas)) known.push("clear_at");
  return extraProblem(place, message, known);
}

/** The smaller fields of the body, each for itself. */
export function settingsProblem(body: ApiFields, betas: Betas): Problem {
  return (
    metadataProblem(body.metadata) ??
    samplingRangeProblem(body) ??
    flagProblem("stream", body.stream) ??
    thinkingProblem(body.thinking, betas) ??
    outputConfigProblem(body.output_config, betas) ??
    contextManagementProblem(body.context_management, betas) ??
    mcpServersProblem(body)
  );
}

/** What a named container is good for; asked when all else is right. */
export function containerProblem({ container, tools }: ApiFields): Problem {
  const runsCode = (listOf(tools) ?? [])
    .filter(isFields)
    .some(({ type }) => /^code_execution_|^web_/.test(String(type)));
  if (typeof container !== "string" || runsCode) return undefined;
  return "container: Container identifier can only be provided when using the code execution tool";
}

function metadataProblem(metadata: unknown): Problem {
  if (metadata === undefined) return undefined;
  if (!isFields(metadata)) return "metadata: Input does not match the expected shape.";
  const { user_id: user } = metadata;
  const extra = extraProblem("metadata", metadata, ["user_id"]);
  return extra ?? (user == null ? undefined : stringProblem("metadata.user_id", user));
}

function samplingRangeProblem({ temperature, top_p, top_k }: ApiFields): Problem {
  return (
    firstProblem(Object.entries({ temperature, top_p }), ([name, value]) => {
      if (value === undefined) return undefined;
      if (typeof value !== "number") return `${name}: Input should be a valid number`;
      return value < 0 || value > 1 ? `${name}: range: 0..1` : undefined;
    }) ?? (top_k === undefined || Number.isInteger(top_k) ? undefined : "top_k: Input should be a valid integer")
  );
}

/** How thinking is configured, by itself; whether a model takes it is another matter. */
function thinkingProblem(thinking: unknown, betas: Betas): Problem {
  if (thinking === undefined) return undefined;
  if (!isFields(thinking)) return "thinking: Input should be an object";
  const { type, budget_tokens: budget, display, block_binding: binding } = thinking;
  if (typeof type !== "string" || !THINKING_TYPES.includes(type)) {
    return unknownTagProblem("thinking", type, THINKING_TYPES);
  }
  const place = `thinking.${type}`;
  if (type === "enabled") {
    if (budget === undefined) return `${place}.budget_tokens: Field required`;
    if (!Number.isInteger(budget)) return `${place}.budget_tokens: Input should be a valid integer`;
    if (Number(budget) < 1024) return `${place}.budget_tokens: Input should be greater than or equal to 1024`;
  }
  if (binding !== undefined && !isOpen(BLOCK_BINDING, betas)) return extraInput(`${place}.block_binding`);
  const displays = ["summarized", "omitted", ...(isOpen(DISPLAY_UPDATES, betas) ? ["updates"] : [])];
  if (display === undefined || display === null || displays.includes(String(display))) return undefined;
  return `${place}.display: Input should be ${displays.map((one) => `'${one}'`).join(" or ")}`;
}

function outputConfigProblem(config: unknown, betas: Betas): Problem {
  if (config === undefined) return undefined;
  if (!isFields(config)) return "output_config: Input does not match the expected shape.";
  const known = ["effort", "format", ...(isOpen(TASK_BUDGET, betas) ? ["task_budget"] : [])];
  return extraProblem("output_config", config, known);
}

function contextManagementProblem(config: unknown, betas: Betas): Problem {
  if (config === undefined || config === null) return undefined;
  if (!isFields(config)) return "context_management: Input should be an object";
  const extra = extraProblem("context_management", config, ["edits"]);
  if (extra !== undefined || config.edits === undefined) return extra;
  return listProblem("context_management.edits", config.edits, (place, edit) => {
    const known = EDITS.filter((type) => type !== "compact_20260112" || isOpen(COMPACTION, betas));
    return known.includes(String(edit.type)) ? undefined : unknownTagProblem(place, edit.type, known);
  });
}

/** Each server must be used by a toolset of `tools`, and each toolset name a server: "MCP connector". */
function mcpServersProblem({ mcp_servers: servers, tools }: ApiFields): Problem {
  const sets = (listOf(tools) ?? []).filter(isFields).filter(({ type }) => type === "mcp_toolset");
  const names = (listOf(servers) ?? []).filter(isFields).map(({ name }) => name);
  if (servers !== undefined) {
    const problem = listProblem("mcp_servers", servers, (place, server) => {
      const extra = extraProblem(place, server, MCP_SERVER_FIELDS);
      return extra ?? stringProblem(`${place}.name`, server.name) ?? stringProblem(`${place}.url`, server.url);
    });
    if (problem !== undefined) return problem;
  }
  const lost = sets.find(({ mcp_server_name: name }) => !names.includes(name));
  return (
    lost && `tools: MCP server '${String(lost.mcp_server_name)}' referenced by mcp_toolset not found in mcp_servers`
  );
}
