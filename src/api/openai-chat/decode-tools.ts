import { sameJson } from "../../core/json.ts";
import type { ChatRequest, Tool, ToolChoice } from "../../core/request.ts";
import { functionOfCustom } from "../custom-input.ts";
import { invalid } from "../invalid.ts";
import { decodeParameters, requireNamed } from "../tool-definitions.ts";
import type { ChatBody } from "./schema.ts";
import { type ChatTool, type FunctionDefinition, isOffered, type NamedTool } from "./schema-tools.ts";

export type DecodedTools = Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> & {
  /** The client speaks of functions, as before there were tools, and is answered so. */
  readonly legacy: boolean;
  /** The names of those that take a text. */
  readonly customTools: ReadonlySet<string>;
  /** What is not offered, and a choice among none, for the response header. */
  readonly ignoredTools: readonly string[];
};

type ToolFields = Pick<ChatBody, "tools" | "tool_choice" | "parallel_tool_calls" | "functions" | "function_call">;

export function decodeTools(body: ToolFields, strict = false): DecodedTools {
  const functions = body.functions ?? [];
  const sent = body.tools ?? [];
  const legacy = functions.length > 0;
  if (legacy && sent.length > 0) {
    throw invalid("functions", "'functions' and 'tools' say the same in two forms: send one of them.");
  }
  const placed = legacy
    ? functions.map((definition, index) => decodeFunction(definition, `functions[${index}]`))
    : sent.flatMap((tool, index) => decodeTool(tool, `tools[${index}]`));
  const tools = uniqueTools(placed, strict);
  const choice = choiceOf(body, legacy, strict);
  const isVain = tools.length === 0 && choice.mode !== "auto" && choice.mode !== "none";
  return {
    ...(isVain && !strict ? { tools, toolChoice: { type: "auto" } } : choose(tools, choice)),
    // An answer in the old form has room for one call.
    parallelToolCalls: legacy ? false : (body.parallel_tool_calls ?? true),
    legacy,
    customTools: new Set(sent.flatMap((tool) => (isOffered(tool) && tool.type === "custom" ? tool.custom.name : []))),
    ignoredTools: [
      ...new Set(sent.flatMap((tool) => (isOffered(tool) ? [] : `tools.${tool.type}`))),
      ...(isVain && !strict ? [choice.field] : []),
    ],
  };
}

type PlacedTool = { readonly tool: Tool; readonly path: string };

function decodeTool(tool: ChatTool, path: string): PlacedTool[] {
  if (!isOffered(tool)) return [];
  if (tool.type === "function") return [decodeFunction(tool.function, `${path}.function`)];
  const { name, description, format } = tool.custom;
  const grammar = format?.type === "grammar" ? format.grammar : undefined;
  return [{ tool: { name, ...functionOfCustom({ description, grammar }) }, path: `${path}.custom` }];
}

function decodeFunction({ name, description, parameters }: FunctionDefinition, path: string): PlacedTool {
  const described = description ? { description } : {};
  return { tool: { name, ...described, parameters: decodeParameters(parameters, `${path}.parameters`) }, path };
}

/** One that is there twice is one; of two that share but the name, it cannot be told which is meant. */
function uniqueTools(placed: readonly PlacedTool[], strict: boolean): Tool[] {
  const tools = new Map<string, Tool>();
  for (const { tool, path } of placed) {
    const known = tools.get(tool.name);
    if (known && (strict || !sameJson(known, tool))) {
      throw invalid(`${path}.name`, `Two functions have the name ${JSON.stringify(tool.name)}.`);
    }
    tools.set(tool.name, known ?? tool);
  }
  return [...tools.values()];
}

type Named = { readonly name: string; readonly param: string };
type Choice = { readonly field: "tool_choice" | "function_call" } & (
  | { readonly mode: "auto" | "none" | "required" }
  | { readonly mode: "tool"; readonly named: Named }
  | { readonly mode: "allowed"; readonly required: boolean; readonly named: readonly Named[] }
);

/** The old form of the choice is for the old form of the tools. */
function choiceOf({ tool_choice, function_call }: ToolFields, legacy: boolean, strict: boolean): Choice {
  const isNamed = typeof function_call === "object" && function_call !== null;
  if (isNamed && !legacy && strict) requireNamed(function_call.name, [], "function_call.name");
  if (function_call && (legacy || (isNamed && !tool_choice))) {
    if (typeof function_call === "string") return { field: "function_call", mode: function_call };
    return { field: "function_call", mode: "tool", named: { name: function_call.name, param: "function_call.name" } };
  }
  const field = "tool_choice";
  if (typeof tool_choice === "string") return { field, mode: tool_choice };
  if (!tool_choice) return { field, mode: "auto" };
  if (tool_choice.type !== "allowed_tools") return { field, mode: "tool", named: namedBy(tool_choice, field) };
  const { mode, tools } = tool_choice.allowed_tools;
  const named = tools.map((tool, index) => namedBy(tool, `${field}.allowed_tools.tools[${index}]`));
  return { field, mode: "allowed", required: mode === "required", named };
}

function namedBy(tool: NamedTool, path: string): Named {
  if (tool.type === "custom") return { name: tool.custom.name, param: `${path}.custom.name` };
  return { name: tool.function.name, param: `${path}.function.name` };
}

function choose(
  tools: readonly Tool[],
  choice: Choice,
): { readonly tools: readonly Tool[]; readonly toolChoice: ToolChoice } {
  switch (choice.mode) {
    case "required":
      if (tools.length > 0) return { tools, toolChoice: { type: "required" } };
      throw invalid("tool_choice", "'tool_choice' is \"required\", but there are no tools to call.");
    case "tool": {
      const { name, param } = choice.named;
      requireNamed(name, tools, param);
      return { tools, toolChoice: { type: "tool", name } };
    }
    case "allowed": {
      for (const { name, param } of choice.named) requireNamed(name, tools, param);
      const allowed = tools.filter((tool) => choice.named.some(({ name }) => name === tool.name));
      return { tools: allowed, toolChoice: { type: choice.required ? "required" : "auto" } };
    }
    default:
      return { tools, toolChoice: { type: choice.mode } };
  }
}
