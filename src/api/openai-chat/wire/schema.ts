import Type, { type Static } from "typebox";
import { REASONING_EFFORTS } from "../../../core/request.ts";
import { JsonSchemaFormat, ModelName } from "../../fields/shared-fields.ts";
import { FunctionDefinition } from "../../tools/tool-definitions.ts";
import { ignored, optional } from "../../validation/optional.ts";
import { AnthropicSearchTool, SearchOptions, SearchTool } from "../../web-search/schema.ts";
import { AnyMessage, ChatMessage } from "./messages.ts";
import { ChatTool, FunctionCallOption, HostedTool, ToolChoiceOption } from "./tools.ts";

export const ResponseFormat = Type.Union([
  Type.Object({ type: Type.Literal("text") }),
  Type.Object({ type: Type.Literal("json_object") }),
  Type.Object({
    type: Type.Literal("json_schema"),
    json_schema: JsonSchemaFormat,
  }),
]);
export type ResponseFormat = Static<typeof ResponseFormat>;

// The wire types of POST /v1/chat/completions: every field we read, as strict as its meaning needs. Fields not named here pass
// through unread; parameters.ts tells the client what became of them.

/** Each choice is a turn of its own, and the plan pays for every one. */
const MAX_CHOICES = 8;

const TokenLimit = Type.Integer({ minimum: 1 });

export const ChatCompletionBody = Type.Object({
  model: ModelName,
  messages: Type.Array(ChatMessage, { minItems: 1 }),
  stream: optional(Type.Boolean()),
  stream_options: optional(
    Type.Object({ include_usage: optional(Type.Boolean()), include_obfuscation: ignored(Type.Unknown(), false) }),
  ),
  max_tokens: optional(TokenLimit),
  max_completion_tokens: optional(TokenLimit),
  reasoning_effort: optional(Type.Enum(REASONING_EFFORTS)),
  stop: optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  n: optional(Type.Integer({ minimum: 1, maximum: MAX_CHOICES })),
  response_format: optional(ResponseFormat),
  modalities: optional(Type.Array(Type.Literal("text"))),
  tools: optional(Type.Array(ChatTool)),
  tool_choice: optional(ToolChoiceOption),
  parallel_tool_calls: optional(Type.Boolean()),
  functions: optional(Type.Array(FunctionDefinition)),
  function_call: optional(FunctionCallOption),
  web_search_options: optional(SearchOptions),
});

/** What of other spellings is written so: as the textbook has it, but for where parts may stand, and for tools that are not offered. */
export const AnyChatBody = Type.Object({
  ...ChatCompletionBody.properties,
  messages: Type.Array(AnyMessage, { minItems: 1 }),
  tools: optional(Type.Array(Type.Union([...ChatTool.anyOf, SearchTool, AnthropicSearchTool, HostedTool]))),
});
export type ChatBody = Static<typeof AnyChatBody>;
