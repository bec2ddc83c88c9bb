import Type, { type Static } from "typebox";
import { FunctionDefinition, ToolName } from "../../tools/tool-definitions.ts";
import { optional } from "../../validation/optional.ts";
import { AnthropicSearchTool, otherTypes, SearchChoice, SearchTool } from "../../web-search/schema.ts";

export const FunctionTool = Type.Object({ type: Type.Literal("function"), ...FunctionDefinition.properties });
export type FunctionTool = Static<typeof FunctionTool>;

/** A tool that takes a text instead of arguments. */
export const CustomTool = Type.Object({
  type: Type.Literal("custom"),
  name: ToolName,
  description: optional(Type.String()),
  format: optional(
    Type.Union([
      Type.Object({ type: Type.Literal("text") }),
      Type.Object({ type: Type.Literal("grammar"), syntax: Type.String(), definition: Type.String() }),
    ]),
  ),
});
export type CustomTool = Static<typeof CustomTool>;

const NamespaceTool = Type.Object({
  type: Type.Literal("namespace"),
  name: ToolName,
  description: optional(Type.String()),
  tools: Type.Array(Type.Union([FunctionTool, CustomTool])),
});
type NamespaceTool = Static<typeof NamespaceTool>;

/** A tool of any other kind, such as OpenAI runs itself: it is not offered, and the response header says so. */
const otherTool = (...offered: string[]) =>
  Type.Object({ type: Type.String({ pattern: otherTypes(...offered), description: "the kind of tool" }) });
const HostedTool = otherTool("function", "custom", "namespace");

export const Tool = Type.Union([FunctionTool, CustomTool, NamespaceTool, SearchTool, AnthropicSearchTool, HostedTool]);
/** Those that a chat can call: its answer has no place for the namespace of a function. */
export const ChatsTool = Type.Union([
  FunctionTool,
  CustomTool,
  SearchTool,
  AnthropicSearchTool,
  otherTool("function", "custom"),
]);
export type Tool = Static<typeof Tool>;
export type ClientsTool = FunctionTool | CustomTool | NamespaceTool;

/** The schema leaves no other of these types. */
export function isClients(tool: Tool): tool is ClientsTool {
  return tool.type === "function" || tool.type === "custom" || tool.type === "namespace";
}

const NamedTool = Type.Union([
  Type.Object({
    type: Type.Enum(["function", "custom"]),
    name: Type.String(),
    namespace: optional(Type.String()),
  }),
  SearchChoice,
]);
export type NamedTool = Static<typeof NamedTool>;

export const ToolChoiceOption = Type.Union([
  Type.Enum(["none", "auto", "required"]),
  NamedTool,
  Type.Object({
    type: Type.Literal("allowed_tools"),
    mode: Type.Enum(["auto", "required"]),
    tools: Type.Array(NamedTool, { minItems: 1 }),
  }),
]);
export type ToolChoiceOption = Static<typeof ToolChoiceOption>;

/** A tool as the client knows it. Behind it stands a function of one flat name, as all tools do that Claude knows. */
export type ClientTool = { readonly kind: "function" | "custom"; readonly name: string; readonly namespace?: string };

/** The tools of a request by the names under which they are offered. */
export type ClientTools = ReadonlyMap<string, ClientTool>;

/** The one name of a tool within a namespace. Namespaces of MCP servers end with the separator already. */
export function flatName(name: string, namespace: string | null | undefined): string {
  if (!namespace) return name;
  return namespace.endsWith("__") ? `${namespace}${name}` : `${namespace}__${name}`;
}
