import type { ChatEvent, Finish, ResponseStart } from "../../../core/event.ts";
import type { JsonObject } from "../../../core/json.ts";
import { anthropicErrorBody } from "../../errors/anthropic-error.ts";
import { type AnswerOptions, encodeCall, encodeStop, encodeUsage, NO_SIGNATURE } from "./message.ts";

/** An event of Anthropic's stream; it goes by the name of its type. */
export type MessageEvent = { readonly type: string; readonly [field: string]: unknown };

/**
 * What `message_start` says of usage where the API has not told the prompt's yet. `message_delta` has its own numbers for the whole
 * message, which take their place.
 */
const NOT_COUNTED = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
} as const;

/** Events in, Anthropic's events out. A state machine without I/O, clock or randomness: it counts the blocks that it tells. */
export class MessageStreamEncoder {
  readonly #options: AnswerOptions;
  #index = -1;
  /** A block that has begun without a word so far: the API takes none of these back. */
  #wordless: object | undefined;
  /** The block of thinking that nobody may read, where it is not told. */
  #redacted: number | undefined;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  push(event: ChatEvent): MessageEvent[] {
    if (this.#isUntold(event)) return [];
    switch (event.type) {
      case "response-start":
        return [encodeStart(event)];
      case "text-start":
        this.#wordless = { type: "text", text: "" };
        return [];
      case "text-delta":
        return this.#words(event.text, { type: "text_delta", text: event.text });
      case "tool-call-start":
        return [this.#startBlock({ ...encodeCall(event), input: {} })];
      case "tool-call-delta":
        return [this.#delta({ type: "input_json_delta", partial_json: event.args })];
      case "text-citation":
        return this.#cite(event.citation);
      case "native-start":
        return [this.#startBlock(event.content)];
      case "native-delta":
        return [this.#delta(event.delta)];
      case "native-event":
        return isTyped(event.event) ? [event.event] : [];
      case "reasoning-start":
        this.#wordless = { type: "thinking", thinking: "", signature: NO_SIGNATURE };
        return [];
      case "reasoning-delta":
        return this.#words(event.text, { type: "thinking_delta", thinking: event.text });
      case "reasoning-end":
        return this.#endThinking(event.signature);
      case "text-end":
        return this.#stopUnlessWordless();
      case "tool-call-end":
      case "native-end":
        return [this.#stopBlock()];
      case "finish":
        return this.#finish(event);
      case "error":
        // Nothing follows: a `message_stop` would make a broken answer look complete.
        return [anthropicErrorBody(event.error, null)];
    }
  }

  #isUntold(event: ChatEvent): boolean {
    const { thinking } = this.#options;
    if (thinking === "omitted") return event.type === "reasoning-delta";
    if (thinking === "words") return false;
    if (event.type === "native-start" && event.content.type === "redacted_thinking") this.#redacted = event.block;
    const isRedacted = "block" in event && event.block === this.#redacted;
    return isRedacted || event.type.startsWith("reasoning-");
  }

  #startBlock(content_block: object): MessageEvent {
    this.#index++;
    return { type: "content_block_start", index: this.#index, content_block };
  }

  /** Begins the block that has been wordless so far, if there is one. */
  #startWordless(fields: object = {}): MessageEvent[] {
    const started = this.#wordless ? [this.#startBlock({ ...this.#wordless, ...fields })] : [];
    this.#wordless = undefined;
    return started;
  }

  #stopUnlessWordless(): MessageEvent[] {
    const stopped = this.#wordless ? [] : [this.#stopBlock()];
    this.#wordless = undefined;
    return stopped;
  }

  #words(words: string, delta: object): MessageEvent[] {
    return words === "" ? [] : [...this.#startWordless(), this.#delta(delta)];
  }

  #cite(citation: JsonObject): MessageEvent[] {
    return [...this.#startWordless({ citations: [] }), this.#delta({ type: "citations_delta", citation })];
  }

  /** Thought without a word has a signature all the same, by which the API knows what it was. */
  #endThinking(signature: string | undefined): MessageEvent[] {
    if (!signature) return this.#stopUnlessWordless();
    return [...this.#startWordless(), this.#delta({ type: "signature_delta", signature }), this.#stopBlock()];
  }

  #delta(delta: object): MessageEvent {
    return { type: "content_block_delta", index: this.#index, delta };
  }

  #stopBlock(): MessageEvent {
    return { type: "content_block_stop", index: this.#index };
  }

  #finish({ reason, usage, native = {} }: Finish): MessageEvent[] {
    // These fields of the message the event has itself, and not in its `delta`; see the SDK's `BetaRawMessageDeltaEvent`.
    const { context_management, input_transformations, ...others } = native;
    const delta = { ...others, ...encodeStop(reason, this.#options.stop) };
    const own = { context_management, input_transformations };
    return [{ type: "message_delta", delta, usage: encodeUsage(usage), ...own }, { type: "message_stop" }];
  }
}

function isTyped(event: JsonObject): event is JsonObject & MessageEvent {
  return typeof event.type === "string";
}

function encodeStart({ id, model, usage }: ResponseStart): MessageEvent {
  const empty = {
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usage ? encodeUsage(usage) : NOT_COUNTED,
  };
  return { type: "message_start", message: { id, type: "message", role: "assistant", model, ...empty } };
}
