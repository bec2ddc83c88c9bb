import { sameJson } from "../../core/json.ts";
import type { ChatRequest, Tool, ToolChoice } from "../../core/request.ts";
import { functionOfCustom } from "../custom-input.ts";
import { invalid } from "../invalid.ts";
import { decodeParameters, requireNamed } from "../tool-definitions.ts";
import type { ResponseBody } from "./schema.ts";
import {
  type CustomTool,
  type FunctionTool,
  isOffered,
  type NamedTool,
  type OfferedTool,
  type ToolChoiceOption,
} from "./schema-tools.ts";
import { type ClientTool, type ClientTools, flatName } from "./tool-names.ts";

export type DecodedTools = Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> & {
  readonly clientTools: ClientTools;
  /** What is not offered, for the response header. */
  readonly ignoredTools: readonly string[];
};

export function decodeTools(
  body: Pick<ResponseBody, "tools" | "tool_choice" | "parallel_tool_calls">,
  strict = false,
): DecodedTools {
  const clientTools = new Map<string, ClientTool>();
  const tools: Tool[] = [];
  const ignored = new Set<string>();
  for (const [index, tool] of (body.tools ?? []).entries()) {
    if (!isOffered(tool)) {
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
  return {
    ...choose(tools, body.tool_choice),
    parallelToolCalls: body.parallel_tool_calls ?? true,
    clientTools,
    ignoredTools: [...ignored],
  };
}

type SingleTool = { readonly tool: FunctionTool | CustomTool; readonly path: string; readonly namespace?: string };

/** A tool, or those within a namespace, each told what the namespace is for. */
function singleTools(tool: OfferedTool, path: string): SingleTool[] {
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
  };
}

type Choice = { readonly tools: readonly Tool[]; readonly toolChoice: ToolChoice };

function choose(tools: readonly Tool[], choice: ToolChoiceOption | null | undefined): Choice {
  if (!choice || choice === "auto") return { tools, toolChoice: { type: "auto" } };
  if (choice === "none") return { tools, toolChoice: { type: "none" } };
  if (choice === "required") {
    if (tools.length === 0)
      throw invalid("tool_choice", "'tool_choice' is \"required\", but there are no tools to call.");
    return { tools, toolChoice: { type: "required" } };
  }
  if (choice.type !== "allowed_tools") {
    return { tools, toolChoice: { type: "tool", name: nameOf(choice, tools, "tool_choice.name") } };
  }
  const names = choice.tools.map((named, index) => nameOf(named, tools, `tool_choice.tools[${index}].name`));
  return { tools: tools.filter(({ name }) => names.includes(name)), toolChoice: { type: choice.mode } };
}

function nameOf({ name, namespace }: NamedTool, tools: readonly Tool[], param: string): string {
  const flat = flatName(name, namespace);
  requireNamed(flat, tools, param);
  return flat;
}
