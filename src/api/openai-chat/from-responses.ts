import Type, { type Static } from "typebox";
import { ApiError, invalid } from "../../core/error.ts";
import type { Fields } from "../../core/json.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { approximated, honoured, type Parameters, refused, withoutEffect } from "../fields/parameter.ts";
import { decodeConversation } from "../responses-shape/decode/conversation.ts";
import { decodeTools } from "../responses-shape/decode/tools.ts";
import { ContentItem, type PlacedItem } from "../responses-shape/wire/items.ts";
import { ResponseBody } from "../responses-shape/wire/schema.ts";
import { ChatsTool, isClients } from "../responses-shape/wire/tools.ts";
import type { ToolOptions } from "../tools/tool-definitions.ts";
import { optional } from "../validation/optional.ts";
import { isNode, type SchemaNode } from "../validation/schema-words.ts";
import { searchOfOptions } from "../web-search/offer-searches.ts";
import { isSearch } from "../web-search/schema.ts";
import { PARAMETERS } from "./parameters.ts";
import { type ChatBody, ChatCompletionBody } from "./wire/schema.ts";

// The body of OpenAI's Responses API, as far as a chat can answer it: Cursor posts it to /v1/chat/completions.

const { messages: _messages, functions: _functions, function_call: _functionCall, ...SHARED } = PARAMETERS;

/** What becomes of the fields of such a body: as in a chat's, but for those that have another name. */
export const RESPONSES_SHAPE_PARAMETERS: Parameters = {
  ...SHARED,
  input: honoured("As at `POST /v1/responses`; what names something stored is a 400."),
  instructions: honoured("A system message before the others."),
  max_output_tokens: honoured("As `max_tokens`."),
  reasoning: approximated("`effort` as `reasoning_effort`; thinking arrives as it is."),
  text: approximated("`format` as `response_format`; `verbosity` is ignored."),
  previous_response_id: refused("What was stored is for `POST /v1/responses`: send it all as `input`."),
  conversation: refused("What was stored is for `POST /v1/responses`: send it all as `input`."),
  prompt: refused("What was stored is for `POST /v1/responses`: send it all as `input`."),
  background: refused("The answer comes on the connection that asked for it."),
  include: withoutEffect("There is nothing to add to a chat's answer."),
  truncation: withoutEffect("Nothing is left out of a conversation.", "string", "disabled"),
  context_management: withoutEffect("Nothing is compacted."),
  max_tool_calls: withoutEffect("A chat bounds its searches by `search_context_size`.", "number"),
  access_programs: withoutEffect("They are OpenAI's; Anthropic's own safeguards apply."),
  image: withoutEffect("The CLI decides how images are passed on."),
  multi_agent: withoutEffect("One model answers."),
};

/** Whether a body has the shape of the Responses API, not of a chat: Cursor posts it to the chat's path, and expects a chat's answer. */
export function isResponsesShaped(body: unknown): body is SchemaNode {
  if (!isNode(body) || body.input === undefined) return false;
  const { messages } = body;
  return messages === undefined || messages === null || (Array.isArray(messages) && messages.length === 0);
}

/** The body with its tools, and their choice, in the Responses API's form: Cursor writes them in a chat's. */
export function withFlatTools({ tools, tool_choice, ...rest }: SchemaNode): SchemaNode {
  return {
    ...rest,
    ...(tools === undefined ? {} : { tools: Array.isArray(tools) ? tools.map(flat) : tools }),
    ...(tool_choice === undefined ? {} : { tool_choice: flat(tool_choice) }),
  };
}

function flat(tool: unknown): unknown {
  if (!isNode(tool) || !isNode(tool.function)) return tool;
  const { function: definition, ...rest } = tool;
  return { ...rest, ...definition };
}

const { messages: _, functions: _old, function_call: _oldChoice, ...shared } = ChatCompletionBody.properties;
const { instructions, tool_choice, max_output_tokens, text } = ResponseBody.properties;

export const ResponsesShapedBody = Type.Object({
  ...shared,
  input: Type.Union([Type.String(), Type.Array(ContentItem, { minItems: 1 })]),
  instructions,
  tools: optional(Type.Array(ChatsTool)),
  tool_choice,
  max_output_tokens,
  reasoning: optional(
    Type.Object({
      effort: shared.reasoning_effort,
      // Thinking arrives as it is, whatever was asked for.
      summary: Type.Optional(Type.Unknown()),
      generate_summary: Type.Optional(Type.Unknown()),
    }),
  ),
  text,
});
export type ResponsesShapedBody = Static<typeof ResponsesShapedBody>;

/** What such a body says, in place of a chat's messages and tools. */
export type ShapedConversation = { readonly body: ResponsesShapedBody; readonly items: readonly PlacedItem[] };

/** The fields of a chat's body that say the same, but for what is said and offered. Throws for what names something stored. */
export function settingsOf(body: ResponsesShapedBody): ChatBody {
  refuseStored(body);
  const { input: _input, tools: _tools, tool_choice: _choice, max_output_tokens, reasoning, text, ...shared } = body;
  return {
    ...shared,
    messages: [],
    max_completion_tokens: max_output_tokens ?? shared.max_completion_tokens,
    reasoning_effort: reasoning?.effort ?? shared.reasoning_effort,
    response_format: toFormat(text?.format) ?? shared.response_format,
  };
}

/** Left out in silence, these would change what the conversation says, or when and where the answer is found. */
function refuseStored(body: Fields): void {
  const field = ["previous_response_id", "conversation", "prompt"].find((name) => (body[name] ?? null) !== null);
  const instead = "which is for POST /v1/responses: ask there, or send it all as 'input'";
  if (field !== undefined) throw invalid(field, `'${field}' names what was stored, ${instead}.`);
  const message = "'background' must be false: the answer comes on this connection, and is stored nowhere.";
  if (body.background === true) throw invalid("background", message);
}

type Format = NonNullable<ResponsesShapedBody["text"]>["format"];

function toFormat(format: Format): ChatBody["response_format"] {
  if (format?.type !== "json_schema") return format ?? undefined;
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}

/** What is said and offered. Where there are no tools to choose, the choice is left out, as a chat's is. */
export function* decodeShaped({ body, items }: ShapedConversation, remote: RemoteImages, options: ToolOptions) {
  const { web_search_options: search, tool_choice: choice, parallel_tool_calls } = body;
  const named = (body.tools ?? []).filter(({ type }) => type !== "namespace");
  const offered = [...named, ...(search ? [searchOfOptions(search)] : [])];
  const asNamed = (field: string) =>
    search && !named.some(isSearch) ? field.replace(/^tools\.web_search\w*/, "web_search_options") : field;
  const hasTools = offered.some((tool) => isClients(tool) || isSearch(tool));
  const isVain = !hasTools && !options.strict && (choice ?? "auto") !== "auto" && choice !== "none";
  const asked = { tools: offered, tool_choice: isVain ? undefined : choice, parallel_tool_calls };
  const { clientTools, ignoredTools, ...decoded } = decodeTools(asked, options);
  return {
    conversation: yield* decodeConversation(body.instructions, items, remote, { strict: options.strict }),
    tools: decoded,
    legacy: false,
    customTools: new Set([...clientTools].flatMap(([name, { kind }]) => (kind === "custom" ? [name] : []))),
    ignoredTools: [
      ...(named.length < (body.tools?.length ?? 0) ? ["tools.namespace"] : []),
      ...ignoredTools.map(asNamed),
      ...(isVain ? ["tool_choice"] : []),
    ],
  };
}

/** An error about a chat's body, told of the body that was sent. */
export function inResponsesWords(error: ApiError, body: ResponsesShapedBody): ApiError {
  const { code, message, param, cause } = error;
  if (param === "messages") return new ApiError(code, message, { ...error, cause, param: "input" });
  if (param !== "response_format" || !body.text?.format) return error;
  const told = message.replace(/\bresponse_format(\.json_schema)?\b/g, "text.format");
  return new ApiError(code, told, { ...error, cause, param: "text.format" });
}
