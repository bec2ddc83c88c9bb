import { expect, test } from "bun:test";
import { describedTools, namedTools } from "../../../src/claude/tools/mcp-tools.ts";
import { ToolNames } from "../../../src/claude/tools/tool-names.ts";
import type { Tool } from "../../../src/core/request.ts";

const PARAMETERS = { type: "object", properties: { $top: { type: "integer" } }, required: ["$top"] };
const TOOLS: Tool[] = [
  { name: "get_weather", description: "Tells the weather.", parameters: PARAMETERS },
  { name: "files.read", parameters: { type: "object", properties: {} } },
];
const OURS = {
  _meta: { "anthropic/alwaysLoad": true, "anthropic/maxResultSizeChars": 500_000 },
  annotations: { readOnlyHint: true },
};

test("to open calls, the CLI is told the functions' names alone, of which it cannot think that the API takes none", () => {
  expect(namedTools(new ToolNames(TOOLS))).toEqual([
    { name: "get_weather", inputSchema: { type: "object" }, ...OURS },
    { name: "files_read", inputSchema: { type: "object" }, ...OURS },
    // Nobody is offered it: see own-tools.ts.
    { name: "_deferred", inputSchema: { type: "object" } },
  ]);
  expect(namedTools(new ToolNames([]))).toEqual([]);
});

test("to count them, it is told all of them, by the names of the API", () => {
  expect(describedTools(TOOLS, new ToolNames(TOOLS))).toEqual([
    {
      name: "get_weather",
      description: "Tells the weather.",
      inputSchema: { type: "object", properties: { top: { type: "integer" } }, required: ["top"] },
      ...OURS,
    },
    { name: "files_read", inputSchema: { type: "object", properties: {} }, ...OURS },
  ]);
});
