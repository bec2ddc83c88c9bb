import type { JsonObject } from "../../core/json.ts";
import type { Tool } from "../../core/request.ts";
import { DEFERRED } from "./own-tools.ts";
import type { ToolNames } from "./tool-names.ts";

/** A tool in MCP's `tools/list`. */
export type McpTool = { readonly name: string; readonly inputSchema: JsonObject } & Readonly<Record<string, unknown>>;

/**
 * What the CLI needs to know of a request's functions, to open their calls: the names. What they are the model is told by
 * `toolDefinitions`, so nothing of it is left out, checked, filled in or remembered by the CLI.
 */
export function namedTools(names: ToolNames): readonly McpTool[] {
  const tools = names.offered.map((name) => mcpTool({ name, inputSchema: { type: "object" } }));
  return tools.length === 0 ? [] : [...tools, { name: DEFERRED, inputSchema: { type: "object" } }];
}

/** The functions as a whole: for counting, where the CLI tells of them in its own way. */
export function describedTools(tools: readonly Tool[], names: ToolNames): readonly McpTool[] {
  return tools.map((tool) =>
    mcpTool({
      name: names.toApi(tool.name),
      ...(tool.description === undefined ? {} : { description: tool.description }),
      inputSchema: names.parametersToApi(tool),
    }),
  );
}

function mcpTool(fields: McpTool): McpTool {
  return {
    ...fields,
    // Offered at once, rather than to be searched for; and results arrive whole up to the CLI's own limit.
    _meta: { "anthropic/alwaysLoad": true, "anthropic/maxResultSizeChars": 500_000 },
    // Calls of one answer are opened at once, and none has to be permitted.
    annotations: { readOnlyHint: true },
  };
}
