import { invalid } from "../../../core/error.ts";
import { sameJson } from "../../../core/json.ts";
import type { ChatRequest, Tool } from "../../../core/request.ts";
import { functionOfCustom } from "../../tools/custom-input.ts";
import { decodeParameters, type ToolOptions } from "../../tools/tool-definitions.ts";
import { type Choice, choose, type Named } from "../../web-search/choose-tools.ts";
import {
  isLeftOut,
  nameOf,
  offeredOf,
  offerSearches,
  type PlacedSearch,
  WEB_SEARCH,
} from "../../web-search/offer-searches.ts";
import { isSearch } from "../../web-search/schema.ts";
import type { ResponseBody } from "../wire/schema.ts";
import {
  type ClientsTool,
  type ClientTool,
  type ClientTools,
  type CustomTool,
  type FunctionTool,
  flatName,
  isClients,
  type NamedTool,
  type ToolChoiceOption,
} from "../wire/tools.ts";

export type DecodedTools = Pick<ChatRequest, "tools" | "serverTools" | "toolChoice" | "parallelToolCalls"> & {
  readonly clientTools: ClientTools;
  /** What is not offered, for the response header. */
  readonly ignoredTools: readonly string[];
};

type ToolFields = Pick<ResponseBody, "tools" | "tool_choice" | "parallel_tool_calls" | "max_tool_calls">;

export function decodeTools(body: ToolFields, { strict = false, webSearch = true }: ToolOptions = {}): DecodedTools {
  const clientTools = new Map<string, ClientTool>();
  const tools: Tool[] = [];
  const searches: PlacedSearch[] = [];
  const ignored = new Set<string>();
  for (const [index, tool] of (body.tools ?? []).entries()) {
    if (isSearch(tool)) {
      searches.push({ tool, at: tools.length, field: `tools.${tool.type}` });
      continue;
    }
    if (!isClients(tool)) {
      ignored.add(`tools.${tool.type}`);
      continue;
    }
    for (const { tool: single, path, ...place } of singleTools(tool, `tools[${index}]`)) {
      const name = flatName(single.name, place.namespace);
      const offered = { name, ...decodeTool(single, path) };
      const own = { kind: single.type, name: single.name, ...place };
      if (clientTools.has(name)) {
        const other = tools.find((earlier) => earlier.name === name);
        const isSame = sameJson(other, offered) && sameJson(clientTools.get(name), own);
        if (isSame && !strict) continue;
        throw invalid(`${path}.name`, `Two tools have the name ${JSON.stringify(name)}.`);
      }
      clientTools.set(name, own);
      tools.push(offered);
    }
  }
  const functions = tools.map(({ name }) => name);
  const limits = { isOffered: webSearch, functions, mostCalls: body.max_tool_calls };
  const { serverTools, leftOut } = offerSearches(searches, limits);
  const choice = choiceAmong([...functions, ...serverTools.map(nameOf)], leftOut, body.tool_choice, strict);
  return {
    ...choose(offeredOf(tools, serverTools), choiceOf(choice)),
    parallelToolCalls: body.parallel_tool_calls ?? true,
    clientTools,
    ignoredTools: [...ignored, ...leftOut, ...(choice === body.tool_choice ? [] : ["tool_choice"])],
  };
}

type ChoiceOption = ToolChoiceOption | null | undefined;

/** The choice; none where it means a search that is not offered, or any of no tools but such. */
function choiceAmong(
  names: readonly string[],
  leftOut: readonly string[],
  choice: ChoiceOption,
  strict: boolean,
): ChoiceOption {
  if (strict || leftOut.length === 0) return choice;
  if (choice === "required") return names.length === 0 ? undefined : choice;
  if (typeof choice !== "object" || choice === null) return choice;
  const isLost = (tool: NamedTool) => isLeftOut(flatNameOf(tool), names, leftOut);
  if (choice.type !== "allowed_tools") return isLost(choice) ? undefined : choice;
  const left = choice.tools.filter((tool) => !isLost(tool));
  if (left.length === 0) return "none";
  return left.length === choice.tools.length ? choice : { ...choice, tools: left };
}

type SingleTool = { readonly tool: FunctionTool | CustomTool; readonly path: string; readonly namespace?: string };

/** A tool, or those within a namespace, each told what the namespace is for. */
function singleTools(tool: ClientsTool, path: string): SingleTool[] {
  if (tool.type !== "namespace") return [{ tool, path }];
  return tool.tools.map((inner, index) => {
    const description = [tool.description, inner.description].filter((text) => text).join("\n\n");
    return { tool: { ...inner, description }, path: `${path}.tools[${index}]`, namespace: tool.name };
  });
}

function decodeTool(tool: FunctionTool | CustomTool, path: string): Omit<Tool, "name"> {
  const { description } = tool;
  if (tool.type === "custom") {
    return functionOfCustom({ description, grammar: tool.format?.type === "grammar" ? tool.format : undefined });
  }
  return {
    ...(description ? { description } : {}),
    parameters: decodeParameters(tool.parameters, `${path}.parameters`),
    ...(tool.strict === true && { strict: true }),
  };
}

function choiceOf(choice: ChoiceOption): Choice {
  if (!choice) return { mode: "auto" };
  if (typeof choice === "string") return { mode: choice };
  if (choice.type !== "allowed_tools") return { mode: "tool", named: namedBy(choice, "tool_choice") };
  const named = choice.tools.map((tool, index) => namedBy(tool, `tool_choice.tools[${index}]`));
  return { mode: "allowed", required: choice.mode === "required", named };
}

function namedBy(tool: NamedTool, path: string): Named {
  return { name: flatNameOf(tool), param: "name" in tool ? `${path}.name` : path };
}

function flatNameOf(tool: NamedTool): string {
  return "name" in tool ? flatName(tool.name, tool.namespace) : WEB_SEARCH;
}
