import { invalid } from "../../../core/error.ts";
import type { Parameters } from "../../fields/parameter.ts";
import { decodeSummary, textOfCompaction } from "../../responses-shape/compaction.ts";
import { isNode, type SchemaNode } from "../../validation/schema-words.ts";
import { WEB_SEARCH } from "../../web-search/offer-searches.ts";
import { isAnthropicSearch, isSearchTool } from "../../web-search/schema.ts";
import { PARAMETERS } from "../parameters.ts";
import type { ChatMessage } from "../wire/messages.ts";
import type { ChatBody } from "../wire/schema.ts";
import type { ChatTool, NamedTool } from "../wire/tools.ts";
import type { ContentPart, FlatNamedTool, FlatTool, InputItem, ResponsesShapedBody } from "./schema.ts";

const honoured = (note: string) => ({ treatment: "honoured", note }) as const;
const refused = (note: string) => ({ treatment: "refused", note }) as const;
const ignored = (note: string) => ({ treatment: "ignored", note }) as const;
const { messages: _messages, functions: _functions, function_call: _functionCall, ...SHARED } = PARAMETERS;

/** What becomes of the fields of such a body: as in a chat's, but for those that have another name. */
export const RESPONSES_SHAPE_PARAMETERS: Parameters = {
  ...SHARED,
  input: honoured("As at `POST /v1/responses`; what names something stored is a 400."),
  instructions: honoured("A system message before the others."),
  max_output_tokens: honoured("As `max_tokens`."),
  reasoning: { treatment: "approximated", note: "`effort` as `reasoning_effort`; thinking arrives as it is." },
  text: { treatment: "approximated", note: "`format` as `response_format`; `verbosity` is ignored." },
  previous_response_id: refused("What was stored is for `POST /v1/responses`: send it all as `input`."),
  conversation: refused("What was stored is for `POST /v1/responses`: send it all as `input`."),
  prompt: refused("What was stored is for `POST /v1/responses`: send it all as `input`."),
  background: refused("The answer comes on the connection that asked for it."),
  include: ignored("There is nothing to add to a chat's answer."),
  truncation: { ...ignored("Nothing is left out of a conversation."), takes: "string", neutral: "disabled" },
  context_management: ignored("Nothing is compacted."),
  max_tool_calls: { ...ignored("A chat bounds its searches by `search_context_size`."), takes: "number" },
  access_programs: ignored("They are OpenAI's; Anthropic's own safeguards apply."),
  image: ignored("The CLI decides how images are passed on."),
  multi_agent: ignored("One model answers."),
};

/** Whether a body has the shape of the Responses API, not of a chat: Cursor posts it to the chat's path, and expects a chat's answer. */
export function isResponsesShaped(body: unknown): body is SchemaNode {
  if (!isNode(body) || body.input === undefined) return false;
  const { messages } = body;
  return messages === undefined || messages === null || (Array.isArray(messages) && messages.length === 0);
}

/** The body with what may be said in two ways said in one: a message without its type, and tools in the chat's form. */
export function inOneForm(body: unknown): unknown {
  if (!isNode(body)) return body;
  const { messages: _empty, input, tools, tool_choice, ...rest } = body;
  const typed = (item: unknown) =>
    isNode(item) && item.type === undefined && "role" in item ? { type: "message", ...item } : item;
  return {
    ...rest,
    input: Array.isArray(input) ? input.map(typed) : input,
    ...(tools === undefined ? {} : { tools: Array.isArray(tools) ? tools.map(flat) : tools }),
    ...(tool_choice === undefined ? {} : { tool_choice: flat(tool_choice) }),
  };
}

function flat(tool: unknown): unknown {
  if (!isNode(tool) || !isNode(tool.function)) return tool;
  const { function: definition, ...rest } = tool;
  return { ...rest, ...definition };
}

/** The same as a chat's body. Each item becomes one message, so that what is wrong with a message can be said of its item. */
export function toChatBody(body: ResponsesShapedBody): ChatBody {
  refuseStored(body);
  const { input, instructions, tools, tool_choice, max_output_tokens, reasoning, text, ...shared } = body;
  const asked: ChatMessage[] = typeof input === "string" ? [{ role: "user", content: input }] : input.map(toMessage);
  return {
    ...shared,
    messages: typeof instructions === "string" ? [{ role: "system", content: instructions }, ...asked] : asked,
    tools: tools?.map(toTool),
    tool_choice: toToolChoice(tool_choice),
    max_completion_tokens: max_output_tokens ?? shared.max_completion_tokens,
    reasoning_effort: reasoning?.effort ?? shared.reasoning_effort,
    response_format: toFormat(text?.format) ?? shared.response_format,
  };
}

/** Left out in silence, these would change what the conversation says, or when and where the answer is found. */
function refuseStored(body: Readonly<Record<string, unknown>>): void {
  for (const field of ["previous_response_id", "conversation", "prompt"]) {
    if (body[field] === undefined || body[field] === null) continue;
    throw invalid(
      field,
      `'${field}' names what was stored, which is for POST /v1/responses: ask there, or send it all as 'input'.`,
    );
  }
  if (body.background === true) {
    throw invalid(
      "background",
      "'background' must be false: the answer comes on this connection, and is stored nowhere.",
    );
  }
}

function toMessage(item: InputItem, index: number): ChatMessage {
  switch (item.type) {
    case "function_call": {
      const call = { id: item.call_id, function: { name: item.name, arguments: item.arguments } };
      return { role: "assistant", tool_calls: [call] };
    }
    case "custom_tool_call": {
      const call = { id: item.call_id, type: "custom" as const, custom: { name: item.name, input: item.input } };
      return { role: "assistant", tool_calls: [call] };
    }
    case "function_call_output":
    case "custom_tool_call_output": {
      const { call_id, output, is_error } = item;
      const path = `input[${index}].output`;
      return {
        role: "tool",
        tool_call_id: call_id,
        content: typeof output === "string" ? output : output.map((part, at) => toPart(part, `${path}[${at}]`)),
        ...(is_error ? { is_error } : {}),
      };
    }
    case "reasoning":
      // Says nothing to the model, and is left out with other empty messages.
      return { role: "assistant", content: "" };
    case "compaction":
      return { role: "user", content: textOfCompaction(decodeSummary(item.encrypted_content)) };
    case "message": {
      const { role, content } = item;
      if (typeof content === "string") return { role, content };
      return { role, content: content.map((part, at) => toPart(part, `input[${index}].content[${at}]`)) };
    }
  }
}

/** What stands for a conversation, and was made by another server: what it stood for is lost. */
export function unreadCompactions({ input }: ResponsesShapedBody): string[] {
  const isUnread = (item: InputItem) =>
    item.type === "compaction" && decodeSummary(item.encrypted_content) === undefined;
  return typeof input !== "string" && input.some(isUnread) ? ["input.compaction"] : [];
}

type ImageItem = Extract<ContentPart, { type: "input_image" }>;

function toPart(part: ContentPart, path: string) {
  if ("text" in part) return { type: "text" as const, text: part.text };
  switch (part.type) {
    case "refusal":
      return { type: "text" as const, text: part.refusal };
    case "input_image":
      return toImage(part, path);
    case "input_file": {
      const { type: _type, ...file } = part;
      return { type: "file" as const, file };
    }
  }
}

function toImage({ image_url, detail }: ImageItem, path: string) {
  if (typeof image_url === "string") return { type: "image_url" as const, image_url: { url: image_url, detail } };
  const wanted = "an https URL, or a data URL; there is no file store";
  throw invalid(`${path}.image_url`, `Missing required parameter: '${path}.image_url'. Expected ${wanted}.`);
}

function toTool(tool: FlatTool): ChatTool {
  if (isSearchTool(tool) || isAnthropicSearch(tool)) return tool;
  if (tool.type === "function" && "name" in tool) {
    const { type, ...definition } = tool;
    return { type, function: definition };
  }
  if (tool.type !== "custom" || !("name" in tool)) return { type: tool.type };
  const { type, format, ...definition } = tool;
  if (format?.type !== "grammar") return { type, custom: definition };
  const { syntax, definition: rules } = format;
  return { type, custom: { ...definition, format: { type: "grammar", grammar: { syntax, definition: rules } } } };
}

function toToolChoice(choice: ResponsesShapedBody["tool_choice"]): ChatBody["tool_choice"] {
  if (typeof choice !== "object" || choice === null) return choice;
  if (choice.type !== "allowed_tools") return toNamed(choice);
  const { type, mode, tools } = choice;
  return { type, allowed_tools: { mode, tools: tools.map(toNamed) } };
}

function toNamed(choice: FlatNamedTool): NamedTool {
  if (!("name" in choice)) return { type: "function", function: { name: WEB_SEARCH } };
  const { type, name } = choice;
  return type === "custom" ? { type, custom: { name } } : { type, function: { name } };
}

type Format = NonNullable<ResponsesShapedBody["text"]>["format"];

function toFormat(format: Format): ChatBody["response_format"] {
  if (format?.type !== "json_schema") return format ?? undefined;
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}

/** A path into a chat's body, or a text that names some, with the names that the same places have in the body it was made from. */
export function inResponsesWords(text: string, body: ResponsesShapedBody): string {
  const { input, instructions } = body;
  const instructed = typeof instructions === "string" ? 1 : 0;
  const place = (index: number, rest: string) => {
    if (index < instructed) return "instructions";
    if (typeof input === "string") return "input";
    const item = input[index - instructed];
    const content = item && "output" in item ? "output" : "content";
    const own = rest
      .replace(/^\.content/, `.${content}`)
      .replace(".image_url.url", ".image_url")
      .replace(".file.", ".")
      .replace(".tool_call_id", ".call_id");
    return `input[${index - instructed}]${own}`;
  };
  const names = text
    .replace(/\bmessages\[(\d+)\]((?:\.\w+|\[\d+\])*)/g, (_, index: string, rest: string) => place(Number(index), rest))
    .replace(/^messages$/, "input")
    .replace(/\btools\[(\d+)\]\.function\b/g, "tools[$1]")
    .replace(/\btool_choice\.allowed_tools\b/g, "tool_choice")
    .replace(/\b(tool_choice(?:\.tools\[\d+\])?)\.function\b/g, "$1");
  return body.text?.format ? names.replace(/\bresponse_format(\.json_schema)?\b/g, "text.format") : names;
}
