import { type ApiError, invalid } from "../../core/error.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { ServerTool, Tool } from "../../core/request.ts";
import { type Fault, faultOf, mendInputSchema } from "../schemas/input-schema.ts";
import { pathText } from "../schemas/places.ts";
import type { ToolNames } from "./tool-names.ts";

type OfferedTools = { readonly tools: readonly Tool[]; readonly serverTools: readonly ServerTool[] };

/**
 * A request's tools as the API's `tools`, in the request's order: the client's functions by the API's names, and the tools that the API
 * runs itself as they are.
 */
export function toolDefinitions({ tools, serverTools }: OfferedTools, names: ToolNames): readonly JsonObject[] {
  const definitions = tools.map((tool) => definitionOf(tool, names));
  // The last first: so the places of those before it stay.
  for (const { definition, at } of serverTools.toSorted((a, b) => a.at - b.at).toReversed())
    definitions.splice(Math.min(at, tools.length), 0, definition);
  return withinCacheMarks(definitions);
}

/** The names that the API's own tools have, as far as they have one. */
export function namesOfServerTools(serverTools: readonly ServerTool[]): readonly string[] {
  return serverTools.flatMap(({ definition: { name } }) => (typeof name === "string" ? [name] : []));
}

/** Whether the API has the tool's description and schema, though the client runs it: `type` says so. */
export function isKnownToApi({ native }: Pick<Tool, "native">): boolean {
  return typeof native?.type === "string" && native.type !== "custom";
}

function definitionOf(tool: Tool, names: ToolNames): JsonObject {
  const { type, ...native } = tool.native ?? {};
  const named = { ...(type === undefined ? {} : { type }), name: names.toApi(tool.name) };
  if (isKnownToApi(tool)) return { ...named, ...native };
  const described: JsonObject = tool.description === undefined ? {} : { description: tool.description };
  return { ...named, ...described, input_schema: names.parametersToApi(tool), ...native };
}

/**
 * The API takes four marks of its prompt cache in a request, and none of an hour behind one of five minutes. The CLI sets three, on its own
 * words, the system prompt and the last message, on a subscription of an hour each; they cover the tools, which come first. So there
 * is room for one on the tools, of an hour: the last.
 */
function withinCacheMarks(definitions: readonly JsonObject[]): readonly JsonObject[] {
  const kept = definitions.findLastIndex(({ cache_control: mark }) => isJsonObject(mark) && mark.ttl === "1h");
  return definitions.map((definition, index) => {
    if (index === kept || !("cache_control" in definition)) return definition;
    const { cache_control: _, ...others } = definition;
    return others;
  });
}

/**
 * The tools with schemas that the API takes. Throws `invalid_request` for one that cannot be mended: the API would refuse the whole
 * request, by the place in a list that the client may never have seen.
 */
export function mendTools(tools: readonly Tool[]): readonly Tool[] {
  return tools.map((tool) => {
    if (isKnownToApi(tool)) return tool;
    const parameters = mendInputSchema(tool.parameters);
    const fault = faultOf(parameters);
    if (fault !== undefined) throw refusal(tool.name, fault);
    return parameters === tool.parameters ? tool : { ...tool, parameters };
  });
}

function refusal(name: string, { at, problem }: Fault): ApiError {
  const which = JSON.stringify(name);
  return invalid("tools", `Claude does not take the parameters of the tool ${which}: ${pathText(at)} ${problem}`);
}
