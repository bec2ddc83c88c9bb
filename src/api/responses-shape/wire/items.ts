import Type, { type Static } from "typebox";
import { FileFields } from "../../attachments/decode-file.ts";
import { contentOf, ignored, optional } from "../../validation/optional.ts";

// What messages, and results of calls, consist of.

const InputText = Type.Object({ type: Type.Literal("input_text"), text: Type.String() });

const OutputText = Type.Object({
  type: Type.Literal("output_text"),
  text: Type.String(),
  /** Those of this server hold by what Anthropic knows the page again; others say nothing that the text does not. */
  annotations: Type.Optional(Type.Unknown()),
  logprobs: ignored(Type.Unknown()),
});

const Refusal = Type.Object({ type: Type.Literal("refusal"), refusal: Type.String() });

export const InputImage = Type.Object({
  type: Type.Literal("input_image"),
  image_url: optional(Type.String()),
  file_id: optional(Type.String()),
  detail: ignored(Type.String(), "auto"),
});
export type InputImage = Static<typeof InputImage>;

const InputFile = Type.Object({
  type: Type.Literal("input_file"),
  ...FileFields.properties,
  detail: ignored(Type.String(), "auto"),
});

export type ContentPart = Static<
  typeof InputText | typeof OutputText | typeof Refusal | typeof InputImage | typeof InputFile
>;

/** What an item carries once it was answered, or kept: it says nothing that its content does not. */
const kept = {
  id: optional(Type.String()),
  status: Type.Optional(Type.Unknown()),
  phase: Type.Optional(Type.Unknown()),
};

/** `type` may be left out of a message, and of nothing else. */
const messageOf = <R extends string, Content extends Type.TSchema>(role: R, content: Content) =>
  Type.Object({ type: Type.Optional(Type.Literal("message")), role: Type.Literal(role), content, ...kept });

/** Images and files of others than the user are given to the user's next turn: the API takes them there alone. */
const AnyContent = contentOf(InputText, InputImage, InputFile);
/** Some clients call all text theirs. */
const AssistantContent = contentOf(OutputText, Refusal, InputText, InputImage, InputFile);

const call = {
  call_id: Type.String(),
  name: Type.String({ minLength: 1 }),
  namespace: optional(Type.String()),
  ...kept,
};
const FunctionCall = Type.Object({ type: Type.Literal("function_call"), ...call, arguments: Type.String() });
const CustomToolCall = Type.Object({ type: Type.Literal("custom_tool_call"), ...call, input: Type.String() });

const resultOf = <T extends string>(type: T) =>
  // The call's name, which some clients repeat, says nothing new beside its id.
  Type.Object({
    type: Type.Literal(type),
    call_id: Type.String(),
    output: AnyContent,
    /** OpenAI has no word for it; MCP's servers do, and Anthropic. */
    is_error: optional(Type.Boolean()),
    name: optional(Type.String()),
    ...kept,
  });

/** Anthropic takes thinking only as its own, signed: see wire/thinking.ts. */
const Reasoning = Type.Object({
  type: Type.Literal("reasoning"),
  summary: ignored(Type.Unknown()),
  content: ignored(Type.Unknown()),
  encrypted_content: ignored(Type.Unknown()),
  ...kept,
});

/** What stands for a conversation that was compacted: see compaction.ts for what can be read of it. */
const Compaction = Type.Object({ type: Type.Literal("compaction"), encrypted_content: Type.String(), ...kept });

/** A search of the model's. `native`: what Anthropic calls it, by which alone it takes the search and what was found back. */
const WebSearchCall = Type.Object({
  type: Type.Literal("web_search_call"),
  action: Type.Optional(Type.Unknown()),
  results: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.Unknown()),
  native: Type.Optional(Type.Unknown()),
  ...kept,
});
export type SearchItem = Static<typeof WebSearchCall>;

const ItemReference = Type.Object({ type: Type.Literal("item_reference"), id: Type.String({ minLength: 1 }) });

/** An item that says something itself. */
export const ContentItem = Type.Union([
  messageOf("user", AnyContent),
  messageOf("assistant", AssistantContent),
  messageOf("system", AnyContent),
  messageOf("developer", AnyContent),
  FunctionCall,
  resultOf("function_call_output"),
  CustomToolCall,
  resultOf("custom_tool_call_output"),
  Reasoning,
  Compaction,
  WebSearchCall,
]);
export type ContentItem = Static<typeof ContentItem>;
export type MessageItem = Extract<ContentItem, { role: string }>;
export type CallItem = Extract<ContentItem, { type: "function_call" | "custom_tool_call" }>;
export type ReasoningItem = Extract<ContentItem, { type: "reasoning" }>;
export type ResultItem = Extract<ContentItem, { type: "function_call_output" | "custom_tool_call_output" }>;

/** What stands in `input`: an item, or the id of one that the server keeps. */
export const InputItem = Type.Union([ContentItem, ItemReference]);
export type InputItem = Static<typeof InputItem>;

/** Some programs give other items a role, too. */
export function isMessage(item: ContentItem): item is MessageItem {
  return item.type === undefined || item.type === "message";
}

export function isInstruction(item: ContentItem): item is Extract<MessageItem, { role: "system" | "developer" }> {
  return isMessage(item) && (item.role === "system" || item.role === "developer");
}

/** An item, and the path of the request's field that it stands in, or that it was kept under. */
export type PlacedItem = { readonly item: ContentItem; readonly path: string };
