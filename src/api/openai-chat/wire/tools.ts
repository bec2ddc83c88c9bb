import Type, { type Static } from "typebox";
import { FunctionDefinition, ToolName } from "../../tools/tool-definitions.ts";
import { optional } from "../../validation/optional.ts";
import { type AnySearch, otherTypes } from "../../web-search/schema.ts";

const FunctionTool = Type.Object({ type: Type.Literal("function"), function: FunctionDefinition });

/** A tool that takes a text instead of arguments. */
const CustomTool = Type.Object({
  type: Type.Literal("custom"),
  custom: Type.Object({
    name: ToolName,
    description: optional(Type.String()),
    format: optional(
      Type.Union([
        Type.Object({ type: Type.Literal("text") }),
        Type.Object({
          type: Type.Literal("grammar"),
          grammar: Type.Object({ syntax: Type.String(), definition: Type.String() }),
        }),
      ]),
    ),
  }),
});

/** One that its provider runs, and that is no search: it is not offered, and the response header says so. */
export const HostedTool = Type.Object({
  type: Type.String({ pattern: otherTypes("function", "custom"), description: "the kind of tool" }),
});

export const ChatTool = Type.Union([FunctionTool, CustomTool]);
export type ClientTool = Static<typeof ChatTool>;
export type ChatTool = ClientTool | AnySearch | Static<typeof HostedTool>;

/** The schema leaves no other of these types. */
export function isClients(tool: ChatTool): tool is ClientTool {
  return tool.type === "function" || tool.type === "custom";
}

const Named = Type.Object({ name: Type.String() });
const NamedTool = Type.Union([
  Type.Object({ type: Type.Literal("function"), function: Named }),
  Type.Object({ type: Type.Literal("custom"), custom: Named }),
]);
export type NamedTool = Static<typeof NamedTool>;

export const ToolChoiceOption = Type.Union([
  Type.Enum(["none", "auto", "required"]),
  NamedTool,
  Type.Object({
    type: Type.Literal("allowed_tools"),
    allowed_tools: Type.Object({
      mode: Type.Enum(["auto", "required"]),
      tools: Type.Array(NamedTool, { minItems: 1 }),
    }),
  }),
]);
export type ToolChoiceOption = Static<typeof ToolChoiceOption>;

export const FunctionCallOption = Type.Union([Type.Literal("none"), Type.Literal("auto"), Named]);
export type FunctionCallOption = Static<typeof FunctionCallOption>;
