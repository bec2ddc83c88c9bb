import Type, { type Static } from "typebox";
import { optional } from "../validation/optional.ts";
import { SchemaObject } from "./schema-tools.ts";

export const ResponseFormat = Type.Union([
  Type.Object({ type: Type.Literal("text") }),
  Type.Object({ type: Type.Literal("json_object") }),
  Type.Object({
    type: Type.Literal("json_schema"),
    json_schema: Type.Object({
      name: Type.String({ minLength: 1 }),
      description: optional(Type.String()),
      schema: optional(SchemaObject),
      strict: optional(Type.Boolean()),
    }),
  }),
]);
export type ResponseFormat = Static<typeof ResponseFormat>;
