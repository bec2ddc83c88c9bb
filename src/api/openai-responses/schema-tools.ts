import Type, { type Static } from "typebox";
import { ignored, optional } from "../validation/optional.ts";

const ToolName = Type.String({ minLength: 1, maxLength: 128 });

/** A JSON Schema; what it may hold is for the decoders to say. */
export const SchemaObject = Type.Record(Type.String(), Type.Unknown());

export const FunctionTool = Type.Object({
  type: Type.Literal("function"),
  name: ToolName,
  description: optional(Type.String()),
  parameters: optional(SchemaObject),
  strict: ignored(Type.Boolean(), false),
});
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

export const NamespaceTool = Type.Object({
  type: Type.Literal("namespace"),
  name: ToolName,
  description: optional(Type.String()),
  tools: Type.Array(Type.Union([FunctionTool, CustomTool])),
});
export type NamespaceTool = Static<typeof NamespaceTool>;

/** A tool that OpenAI runs itself, such as a web search: it is not offered, and the response header says so. */
const HostedTool = Type.Object({
  type: Type.String({ pattern: "^(?!(?:function|custom|namespace)$)", description: "the kind of tool" }),
});

export const Tool = Type.Union([FunctionTool, CustomTool, NamespaceTool, HostedTool]);
export type Tool = Static<typeof Tool>;
export type OfferedTool = FunctionTool | CustomTool | NamespaceTool;

/** The schema leaves no other of these types. */
export function isOffered(tool: Tool): tool is OfferedTool {
  return tool.type === "function" || tool.type === "custom" || tool.type === "namespace";
}

const NamedTool = Type.Object({
  type: Type.Union([Type.Literal("function"), Type.Literal("custom")]),
  name: Type.String(),
  namespace: optional(Type.String()),
});
export type NamedTool = Static<typeof NamedTool>;

export const ToolChoiceOption = Type.Union([
  Type.Literal("none"),
  Type.Literal("auto"),
  Type.Literal("required"),
  NamedTool,
  Type.Object({
    type: Type.Literal("allowed_tools"),
    mode: Type.Union([Type.Literal("auto"), Type.Literal("required")]),
    tools: Type.Array(NamedTool, { minItems: 1 }),
  }),
]);
export type ToolChoiceOption = Static<typeof ToolChoiceOption>;
