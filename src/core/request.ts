import type { JsonObject } from "./json.ts";

/** A request for one completion, free of any dialect and of the CLI: what every decoder produces and the backend serves. */
export type ChatRequest = {
  /** The model as the client named it; the backend resolves aliases and refuses unknown names. */
  readonly model: string;
  /** The whole system prompt; empty when the client sent none. */
  readonly system: string;
  /**
   * The conversation in alternating turns; the last one is the user's, and every tool call has its result in the turn after it.
   * See `normalizeTurns` and `pairToolCalls`.
   */
  readonly turns: readonly Turn[];
  /** The text that the answer goes on after and does not repeat, where the client has begun the answer itself. */
  readonly continues?: string;
  /** The functions the model may call; empty when there are none. */
  readonly tools: readonly Tool[];
  /** Tools that the model's own API runs, which nobody here is asked to. */
  readonly serverTools?: readonly ServerTool[];
  readonly toolChoice: ToolChoice;
  /** Whether one answer may hold several calls. */
  readonly parallelToolCalls: boolean;
  /** The answer is JSON that satisfies a schema, and nothing else; undefined: it is free text. */
  readonly outputFormat?: OutputFormat;
  /** Upper bound of generated tokens, thinking included; undefined leaves it to the model. */
  readonly maxOutputTokens?: number;
  readonly effort?: ReasoningEffort;
  /**
   * False: the model is not to think first, as far as it can do without, whatever effort it makes. True: it is, however short its answer.
   * `when-told`: as its own API has it where nothing is said, where some models think and some do not.
   */
  readonly thinks?: boolean | "when-told";
  readonly sampling?: Sampling;
  /** Texts at which the answer ends; the text itself is not part of the answer. */
  readonly stop: readonly string[];
  /**
   * Whether the client goes on by itself where the API pauses an answer that takes long. Otherwise the answer is gone on with, as
   * most dialects have no word for that.
   */
  readonly tellsPauses?: boolean;
  /** What else the model's own API is asked, field by field in its own form, such as a container to run code in. */
  readonly native?: JsonObject;
  /** What of the model's own API is wanted that it offers for a trial only, by the names that it has for that. */
  readonly betas?: readonly string[];
};

export type Role = "user" | "assistant";

export type Turn = { readonly role: Role; readonly content: readonly ContentBlock[] };

/**
 * What a turn consists of. Tool calls and thinking stand in assistant turns; images, documents and tool results in user turns; native
 * blocks in either.
 */
export type ContentBlock =
  | TextBlock
  | ThinkingBlock
  | ImageBlock
  | DocumentBlock
  | NativeBlock
  | ToolCallBlock
  | ToolResultBlock;

/** A block in the model's own API's form, which only that API reads: the call of a tool of its own, and what that gave. */
export type NativeBlock = { readonly type: "native"; readonly block: JsonObject };

/** `citations`: what in the sources of the conversation the text rests on, in the API's own form. */
export type TextBlock = { readonly type: "text"; readonly text: string; readonly citations?: readonly JsonObject[] };

/**
 * What the model thought, with the API's signature, by which alone it takes that back. `redacted`: thinking that nobody may read, as
 * the API has encrypted it; it has no text and no signature then. `model`: the full id of who thought it, where the dialect tells that.
 */
export type ThinkingBlock = { readonly type: "thinking"; readonly model?: string } & (
  | { readonly text: string; readonly signature: string }
  | { readonly redacted: string }
);

export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];

export type PixelSize = { readonly width: number; readonly height: number };

/** `data` is base64; the size is what it tells of itself. */
export type ImageBlock = PixelSize & {
  readonly type: "image";
  readonly mediaType: ImageType;
  readonly data: string;
};

/** A file to read: a PDF as base64, or plain text. */
export type DocumentBlock = {
  readonly type: "document";
  readonly title?: string;
  readonly source: { readonly type: "pdf"; readonly data: string } | { readonly type: "text"; readonly text: string };
};

/**
 * `args` is the text as the model, or the client, wrote it: usually a JSON object, and not necessarily valid. `native` is what else the
 * model's own API says of the call, in its own form: who calls, where it is not the model itself, and of which set the tool is.
 */
export type ToolCallBlock = {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  readonly args: string;
  readonly native?: JsonObject;
};

export type ResultPart = TextBlock | ImageBlock | DocumentBlock | NativeBlock;

export type ToolResultBlock = {
  readonly type: "tool-result";
  readonly callId: string;
  readonly content: readonly ResultPart[];
  readonly isError?: true;
  /** What else the model's own API is told of the result, in its own form. */
  readonly native?: JsonObject;
};

/**
 * A function of the client's. `parameters` is its JSON Schema, as the client wrote it. `native` is what else its definition says, in the
 * fields of the model's own API: `strict`, `input_examples` and the like.
 */
export type Tool = {
  readonly name: string;
  readonly description?: string;
  readonly parameters: JsonObject;
  /** Calls are to keep to `parameters`, as far as the API can see to that. */
  readonly strict?: true;
  readonly native?: JsonObject;
};

/** A tool's definition in the form of the API that runs it. `at`: how many of the request's functions come before it. */
export type ServerTool = { readonly definition: JsonObject; readonly at: number };

/** `required`: any of the tools must be called; `tool`: this one. */
export type ToolChoice =
  | { readonly type: "auto" | "none" | "required" }
  | { readonly type: "tool"; readonly name: string };

/** How the next token is drawn, where that is not left to the model. */
export type Sampling = { readonly temperature?: number; readonly topP?: number; readonly topK?: number };

export type OutputFormat = {
  /** JSON Schema of the answer, an object. */
  readonly schema: JsonObject;
  /**
   * `as-written`: the JSON streams while the model writes it, and an answer that turns out to violate the schema ends with an
   * error. `whole`: nothing is delivered before it is known to satisfy the schema, so the model can be asked again.
   */
  readonly delivery: "as-written" | "whole";
};

/** How much the model thinks. `none` and `minimal` ask for no thinking at all where the model allows that. */
export const REASONING_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
/** Those that models themselves know. */
export const EFFORT_LEVELS = ["low", "medium", "high", "xhigh", "max"] as const;
export type EffortLevel = (typeof EFFORT_LEVELS)[number];
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];
