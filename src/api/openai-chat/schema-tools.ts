import Type, { type Static } from "typebox";
import { ignored, optional } from "../validation/optional.ts";

const FunctionName = Type.String({ minLength: 1, maxLength: 64 });

/** A JSON Schema; what it may hold is for the decoders to say. */
export const SchemaObject = Type.Record(Type.String(), Type.Unknown());

export const FunctionDefinition = Type.Object({
  name: FunctionName,
  description: optional(Type.String()),
  parameters: optional(SchemaObject),
  strict: ignored(Type.Boolean(), false),
});
export type FunctionDefinition = Static<typeof FunctionDefinition>;

export const FunctionTool = Type.Object({ type: Type.Literal("function"), function: FunctionDefinition });

const NamedFunction = Type.Object({ name: Type.String() });
const NamedTool = Type.Object({ type: Type.Literal("function"), function: NamedFunction });

export const ToolChoiceOption = Type.Union([
  Type.Literal("none"),
  Type.Literal("auto"),
  Type.Literal("required"),
  NamedTool,
  Type.Object({
    type: Type.Literal("allowed_tools"),
    allowed_tools: Type.Object({
      mode: Type.Union([Type.Literal("auto"), Type.Literal("required")]),
      tools: Type.Array(NamedTool, { minItems: 1 }),
    }),
  }),
]);
export type ToolChoiceOption = Static<typeof ToolChoiceOption>;

export const FunctionCallOption = Type.Union([Type.Literal("none"), Type.Literal("auto"), NamedFunction]);
export type FunctionCallOption = Static<typeof FunctionCallOption>;
