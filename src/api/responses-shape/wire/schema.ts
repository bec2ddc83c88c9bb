import Type, { type Static } from "typebox";
import { REASONING_EFFORTS } from "../../../core/request.ts";
import { JsonSchemaFormat, ModelName } from "../../fields/shared-fields.ts";
import { ignored, optional } from "../../validation/optional.ts";
import { InputItem } from "./items.ts";
import { Tool, ToolChoiceOption } from "./tools.ts";

// The wire types of POST /v1/responses: every field we read, as strict as its meaning needs. Fields not named here pass through
// unread; parameters.ts tells the client what became of them.

const TextFormat = Type.Union([
  Type.Object({ type: Type.Literal("text") }),
  Type.Object({ type: Type.Literal("json_object") }),
  Type.Object({ type: Type.Literal("json_schema"), ...JsonSchemaFormat.properties }),
]);

const Summary = Type.Enum(["auto", "concise", "detailed"]);

export const ResponseBody = Type.Object({
  model: ModelName,
  input: optional(Type.Union([Type.String(), Type.Array(InputItem)])),
  instructions: optional(Type.String()),
  stream: optional(Type.Boolean()),
  stream_options: optional(Type.Object({ include_obfuscation: ignored(Type.Unknown(), false) })),
  max_output_tokens: optional(Type.Integer({ minimum: 1 })),
  reasoning: optional(
    Type.Object({
      effort: optional(Type.Enum(REASONING_EFFORTS)),
      summary: optional(Summary),
      generate_summary: optional(Summary),
    }),
  ),
  text: optional(Type.Object({ format: optional(TextFormat), verbosity: ignored(Type.String(), "medium") })),
  tools: optional(Type.Array(Tool)),
  tool_choice: optional(ToolChoiceOption),
  parallel_tool_calls: optional(Type.Boolean()),
  max_tool_calls: optional(Type.Integer({ minimum: 1 })),
  previous_response_id: optional(Type.String({ minLength: 1 })),
  store: optional(Type.Boolean()),
  metadata: optional(Type.Record(Type.String(), Type.String())),
  user: optional(Type.String()),
  safety_identifier: optional(Type.String()),
  prompt_cache_key: optional(Type.String()),
  background: optional(Type.Boolean()),
  include: optional(Type.Array(Type.String())),
  // Refused, since leaving them out would change what the answer means: see decode/request.ts.
  conversation: Type.Optional(Type.Unknown()),
  prompt: Type.Optional(Type.Unknown()),
});
export type ResponseBody = Static<typeof ResponseBody>;
