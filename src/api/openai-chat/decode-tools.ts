import type { ChatRequest, Tool, ToolChoice } from "../../core/request.ts";
import { invalid } from "../invalid.ts";
import { decodeParameters, requireNamed } from "../tool-definitions.ts";
import type { ChatCompletionBody } from "./schema.ts";
import type { FunctionCallOption, FunctionDefinition, ToolChoiceOption } from "./schema-tools.ts";

export type DecodedTools = Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> & {
  /** The client speaks of functions, as before there were tools, and is answered so. */
  readonly legacy: boolean;
};

export function decodeTools(body: ChatCompletionBody): DecodedTools {
  const functions = body.functions ?? [];
  if (functions.length > 0) return decodeFunctions(functions, body);
  const tools = decodeDefinitions(
    (body.tools ?? []).map(({ function: definition }, index) => ({
      definition,
      path: `tools[${index}].function`,
    })),
  );
  if (typeof body.function_call === "object" && body.function_call)
    requireNamed(body.function_call.name, [], LEGACY_NAME);
  return { ...choose(tools, body.tool_choice), parallelToolCalls: body.parallel_tool_calls ?? true, legacy: false };
}

const LEGACY_NAME = "function_call.name";

/** An answer in the old form has room for one call. */
function decodeFunctions(functions: readonly FunctionDefinition[], body: ChatCompletionBody): DecodedTools {
  if ((body.tools ?? []).length > 0) {
    throw invalid("functions", "'functions' and 'tools' say the same in two forms: send one of them.");
  }
  const tools = decodeDefinitions(functions.map((definition, index) => ({ definition, path: `functions[${index}]` })));
  const chosen = body.function_call ? chooseFunction(tools, body.function_call) : choose(tools, body.tool_choice);
  return { ...chosen, parallelToolCalls: false, legacy: true };
}

type Definition = { readonly definition: FunctionDefinition; readonly path: string };

function decodeDefinitions(definitions: readonly Definition[]): Tool[] {
  const names = new Set<string>();
  return definitions.map(({ definition: { name, description, parameters }, path }) => {
    if (names.has(name)) throw invalid(`${path}.name`, `Two functions have the name ${JSON.stringify(name)}.`);
    names.add(name);
    return {
      name,
      ...(description ? { description } : {}),
      parameters: decodeParameters(parameters, `${path}.parameters`),
    };
  });
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
  if (choice.type === "function") {
    const { name } = choice.function;
    requireNamed(name, tools, "tool_choice.function.name");
    return { tools, toolChoice: { type: "tool", name } };
  }
  const { mode, tools: allowed } = choice.allowed_tools;
  for (const [index, { function: named }] of allowed.entries()) {
    requireNamed(named.name, tools, `tool_choice.allowed_tools.tools[${index}].function.name`);
  }
  const names = allowed.map(({ function: named }) => named.name);
  return { tools: tools.filter(({ name }) => names.includes(name)), toolChoice: { type: mode } };
}

function chooseFunction(tools: readonly Tool[], choice: FunctionCallOption): Choice {
  if (typeof choice === "string") return { tools, toolChoice: { type: choice } };
  requireNamed(choice.name, tools, LEGACY_NAME);
  return { tools, toolChoice: { type: "tool", name: choice.name } };
}
