import { isJsonObject } from "../../../core/json.ts";
import { type ReadTool, readTool, readToolChoice } from "../../lenient/read-tool.ts";
import type { Notes } from "../../lenient/rewrite.ts";

/** Tools that other providers run, or have built into their models. Anthropic has none by these names. */
const FOREIGN: ReadonlySet<string> = new Set(
  `web_search web_search_preview file_search code_interpreter image_generation computer_use_preview computer mcp
   local_shell shell apply_patch namespace tool_search retrieval browser_search`.split(/\s+/),
);

/** The tools in Anthropic's own form; those that another provider would run are left out, and named. */
export function normalizeTools(tools: readonly unknown[], notes: Notes): readonly unknown[] {
  return tools.flatMap((tool) => {
    if (isJsonObject(tool) && typeof tool.name === "string" && isJsonObject(tool.input_schema)) {
      return [tool.type === "function" ? { ...tool, type: "custom" } : tool];
    }
    const read = readTool(tool);
    if (read === undefined) return [tool];
    if (read.kind !== "hosted") return [definitionOf(read, notes)];
    if (!FOREIGN.has(read.type)) return [tool];
    notes.add(`tools.${read.type}`);
    return [];
  });
}

function definitionOf(read: Exclude<ReadTool, { kind: "hosted" }>, notes: Notes): object {
  const { name, description } = read;
  const described = { name, ...(description === undefined || description === null ? {} : { description }) };
  if (read.kind === "custom") {
    const input_schema = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };
    return { ...described, input_schema };
  }
  // What other providers take as strict is not what Anthropic takes.
  if (read.strict === true) notes.add("tools.strict");
  const { parameters } = read;
  return { ...described, input_schema: isJsonObject(parameters) ? parameters : { type: "object", properties: {} } };
}

const SERIAL = "disable_parallel_tool_use";

export function normalizeToolChoice(choice: unknown, tools: unknown): unknown {
  if (choice === "" || (isJsonObject(choice) && Object.keys(choice).length === 0)) return null;
  const read = readToolChoice(choice);
  if (read === undefined) return isNameOfOne(choice, tools) ? { type: "tool", name: choice } : choice;
  const serial = isJsonObject(choice) && choice[SERIAL] !== undefined ? { [SERIAL]: choice[SERIAL] } : {};
  if (read.kind === "tool") return { type: "tool", name: read.name, ...serial };
  if (read.kind === "none") return { type: "none" };
  return { type: read.kind === "required" ? "any" : "auto", ...serial };
}

/** A tool's bare name. */
function isNameOfOne(choice: unknown, tools: unknown): boolean {
  return typeof choice === "string" && Array.isArray(tools) && tools.some((tool) => nameOf(tool) === choice);
}

function nameOf(tool: unknown): unknown {
  const read = readTool(tool);
  if (read && "name" in read) return read.name;
  return isJsonObject(tool) ? tool.name : undefined;
}
