import { invalid } from "../../../core/error.ts";
import { sameJson } from "../../../core/json.ts";
import type { ChatRequest, Tool } from "../../../core/request.ts";
import { functionOfCustom } from "../../tools/custom-input.ts";
import {
  decodeParameters,
  type FunctionDefinition,
  requireNamed,
  type ToolOptions,
} from "../../tools/tool-definitions.ts";
import { type Choice, choose, type Named } from "../../web-search/choose-tools.ts";
import {
  isLeftOut,
  nameOf,
  offeredOf,
  offerSearches,
  type PlacedSearch,
  searchOfOptions,
} from "../../web-search/offer-searches.ts";
import { isSearch } from "../../web-search/schema.ts";
import type { ChatBody } from "../wire/schema.ts";
import { type ClientTool, isClients, type NamedTool } from "../wire/tools.ts";

export type DecodedTools = Pick<ChatRequest, "tools" | "serverTools" | "toolChoice" | "parallelToolCalls"> & {
  /** The client speaks of functions, as before there were tools, and is answered so. */
  readonly legacy: boolean;
  /** The names of those that take a text. */
  readonly customTools: ReadonlySet<string>;
  /** What is not offered, and a choice among none, for the response header. */
  readonly ignoredTools: readonly string[];
};

type ToolFields = Pick<
  ChatBody,
  "tools" | "tool_choice" | "parallel_tool_calls" | "functions" | "function_call" | "web_search_options"
>;

export function decodeTools(body: ToolFields, { strict = false, webSearch = true }: ToolOptions = {}): DecodedTools {
  const functions = body.functions ?? [];
  const sent = body.tools ?? [];
  const legacy = functions.length > 0;
  if (legacy && sent.length > 0) {
    throw invalid("functions", "'functions' and 'tools' say the same in two forms: send one of them.");
  }
  const placed = legacy
    ? functions.map((definition, index) => decodeFunction(definition, `functions[${index}]`))
    : sent.flatMap((tool, index) => (isClients(tool) ? [decodeTool(tool, `tools[${index}]`)] : []));
  const tools = uniqueTools(placed, strict);
  const names = tools.map(({ name }) => name);
  const { serverTools, leftOut } = offerSearches(searchesOf(body), { isOffered: webSearch, functions: names });
  const offered = offeredOf(tools, serverTools);
  const choice = choiceOf(body, legacy, strict);
  const isVain = isUnmet(choice, [...names, ...serverTools.map(nameOf)], leftOut);
  return {
    ...(isVain && !strict ? { ...offered, toolChoice: { type: "auto" } } : choose(offered, choice)),
    // An answer in the old form has room for one call.
    parallelToolCalls: legacy ? false : (body.parallel_tool_calls ?? true),
    legacy,
    customTools: new Set(sent.flatMap((tool) => (isClients(tool) && tool.type === "custom" ? tool.custom.name : []))),
    ignoredTools: [
      ...new Set(sent.flatMap((tool) => (isClients(tool) || isSearch(tool) ? [] : `tools.${tool.type}`))),
      ...leftOut,
      ...(isVain && !strict ? [choice.field] : []),
    ],
  };
}

/** The searches among the tools, and the one that is asked for beside these. */
function searchesOf({ tools, functions, web_search_options: options }: ToolFields): PlacedSearch[] {
  let at = functions?.length ?? 0;
  const placed: PlacedSearch[] = [];
  for (const tool of tools ?? []) {
    if (isClients(tool)) at++;
    else if (isSearch(tool)) placed.push({ tool, at, field: `tools.${tool.type}` });
  }
  return options ? [...placed, { tool: searchOfOptions(options), at, field: "web_search_options" }] : placed;
}

/** Whether there is nothing to choose, or only a search that is not offered. */
function isUnmet(choice: Choice, names: readonly string[], leftOut: readonly string[]): boolean {
  if (choice.mode === "auto" || choice.mode === "none") return false;
  return names.length === 0 || (choice.mode === "tool" && isLeftOut(choice.named.name, names, leftOut));
}

type PlacedTool = { readonly tool: Tool; readonly path: string };

function decodeTool(tool: ClientTool, path: string): PlacedTool {
  if (tool.type === "function") return decodeFunction(tool.function, `${path}.function`);
  const { name, description, format } = tool.custom;
  const grammar = format?.type === "grammar" ? format.grammar : undefined;
  return { tool: { name, ...functionOfCustom({ description, grammar }) }, path: `${path}.custom` };
}

function decodeFunction({ name, description, ...own }: FunctionDefinition, path: string): PlacedTool {
  const described = description ? { description } : {};
  const parameters = decodeParameters(own.parameters, `${path}.parameters`);
  return { tool: { name, ...described, parameters, ...(own.strict === true && { strict: true }) }, path };
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

type PlacedChoice = Choice & { readonly field: "tool_choice" | "function_call" };

/** The old form of the choice is for the old form of the tools. */
function choiceOf({ tool_choice, function_call }: ToolFields, legacy: boolean, strict: boolean): PlacedChoice {
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
