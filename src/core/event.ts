import type { ApiError } from "./error.ts";
import type { JsonObject } from "./json.ts";

/**
 * What happens while a completion is written: exactly one `response-start`, then blocks (at most one open at a time), then
 * exactly one `finish` or `error`. An `error` may also come first or in the middle. `test/support/event-order.ts` holds the grammar.
 */
export type ChatEvent =
  | ResponseStart
  | { readonly type: "text-start" | "reasoning-start"; readonly block: number }
  | { readonly type: "text-delta" | "reasoning-delta"; readonly block: number; readonly text: string }
  | { readonly type: "text-end" | "tool-call-end" | "native-end"; readonly block: number }
  /** What in a source the open text rests on, in the API's own form. */
  | { readonly type: "text-citation"; readonly block: number; readonly citation: JsonObject }
  /** A block in the API's own form, as it begins: what its own tools were asked and gave, thinking that nobody may read. */
  | { readonly type: "native-start"; readonly block: number; readonly content: JsonObject }
  /** More of it, in the API's form of a delta. */
  | { readonly type: "native-delta"; readonly block: number; readonly delta: JsonObject }
  /** Another event of the API's stream, which has no word of ours. It may come anywhere between start and end. */
  | { readonly type: "native-event"; readonly event: JsonObject }
  /** `signature` is the API's, for what was thought: by it alone the API takes that back. */
  | { readonly type: "reasoning-end"; readonly block: number; readonly signature?: string }
  | ToolCallStart
  | { readonly type: "tool-call-delta"; readonly block: number; readonly args: string }
  | Finish
  | { readonly type: "error"; readonly error: ApiError };

/**
 * `id` and `model` are the API's own: the message id and the model that really answers. `usage` is what it has counted as the answer
 * begins: the prompt, and none or the first of the output tokens; undefined when it does not tell.
 */
export type ResponseStart = {
  readonly type: "response-start";
  readonly id: string;
  readonly model: string;
  readonly usage?: Usage;
};

/**
 * The model calls a function of the client's. The `args` of its deltas make up the arguments as the model writes them; they are
 * never empty as a whole, and not necessarily valid JSON.
 */
export type ToolCallStart = {
  readonly type: "tool-call-start";
  readonly block: number;
  readonly id: string;
  readonly name: string;
  /** What else the API says of the call: see `ToolCallBlock`. */
  readonly native?: JsonObject;
};

/** `native` is what else the API tells at the end of an answer, in its own form, such as its container. */
export type Finish = {
  readonly type: "finish";
  readonly reason: FinishReason;
  readonly usage: Usage;
  readonly native?: JsonObject;
};

/**
 * `unified` is what dialects translate; `raw` is Anthropic's own stop reason, for logs. `stopText` is the stop text that ended the
 * answer, where it is known which.
 */
export type FinishReason = {
  readonly unified: "stop" | "length" | "tool-calls" | "content-filter";
  readonly raw: string;
  readonly stopText?: string;
};

/** Token counts as the API reported them for this answer. Input counts do not overlap: their sum is the prompt. */
export type Usage = {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Everything generated, thinking included. */
  readonly outputTokens: number;
  /** The part of `outputTokens` spent on thinking; undefined when the API did not say. */
  readonly reasoningTokens?: number;
  /** What else the API tells in its usage, in its own form: what was cached for how long, searches, the tier, the place. */
  readonly native?: JsonObject;
};
