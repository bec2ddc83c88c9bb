import Type, { type Static } from "typebox";
import { optional, readWhole } from "../validation/optional.ts";

/** A JSON Schema; what it may hold is for the decoders to say. */
export const SchemaObject = Type.Record(Type.String(), Type.Unknown());

/** Anthropic's own tools (`web_search_…`) have other fields, no `input_schema`, and some of them no name. All fields reach the API. */
export const ToolDefinition = readWhole(
  Type.Object({
    type: optional(Type.String()),
    name: optional(Type.String({ minLength: 1, maxLength: 128 })),
    description: optional(Type.String()),
    input_schema: optional(SchemaObject),
    defer_loading: optional(Type.Boolean()),
  }),
  [],
);
export type ToolDefinition = Static<typeof ToolDefinition>;

const serial = { disable_parallel_tool_use: optional(Type.Boolean()) };

export const ToolChoiceOption = Type.Union([
  Type.Object({ type: Type.Literal("auto"), ...serial }),
  Type.Object({ type: Type.Literal("any"), ...serial }),
  Type.Object({ type: Type.Literal("tool"), name: Type.String(), ...serial }),
  Type.Object({ type: Type.Literal("none") }),
]);
export type ToolChoiceOption = Static<typeof ToolChoiceOption>;
