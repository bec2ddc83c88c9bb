import type { ApiError } from "./error.ts";
import type { ChatEvent, FinishReason, Usage } from "./event.ts";
import { isJsonObject, type Json, type JsonObject, parseJsonObject } from "./json.ts";
import type { NativeBlock, ToolCallBlock } from "./request.ts";

/** A finished completion: its events, collected. */
export type ChatResult = {
  readonly id: string;
  readonly model: string;
  /** As the model wrote them, in its order; those without any text, or signature, are left out. */
  readonly blocks: readonly AnswerBlock[];
  /** The text of all blocks. */
  readonly text: string;
  readonly reasoning: string;
  /** In the order in which the model wrote them. */
  readonly toolCalls: readonly ToolCallBlock[];
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly native?: JsonObject;
};

/** Gathers a stream into a result: non-streaming answers are the streaming ones, collected. Throws the stream's ApiError. */
export async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatResult> {
  let id = "";
  let model = "";
  const written = new WrittenBlocks();
  for await (const event of events) {
    written.push(event);
    switch (event.type) {
      case "response-start":
        id = event.id;
        model = event.model;
        break;
      case "error":
        throw event.error satisfies ApiError;
      case "finish": {
        const { blocks } = written;
        return {
          id,
          model,
          blocks,
          text: textOf(blocks, "text"),
          reasoning: textOf(blocks, "reasoning"),
          toolCalls: blocks.filter((block) => block.type === "tool-call"),
          finishReason: event.reason,
          usage: event.usage,
          ...(event.native ? { native: event.native } : {}),
        };
      }
    }
  }
  throw new Error("the event stream ended without finish or error");
}

function textOf(blocks: readonly AnswerBlock[], type: "text" | "reasoning"): string {
  return blocks.flatMap((block) => (block.type === type ? block.text : [])).join("");
}

/** Puts a block in the API's own form together from how it begins and its deltas, those of types that nobody here knows among them. */
export class NativeBlockBuilder {
  #block: JsonObject;
  #input = "";

  constructor(content: JsonObject) {
    this.#block = content;
  }

  push({ type: _, partial_json, citation, ...fields }: JsonObject): void {
    if (typeof partial_json === "string") this.#input += partial_json;
    if (isJsonObject(citation)) this.#block = withCitation(this.#block, citation);
    for (const [name, value] of Object.entries(fields))
      this.#block = { ...this.#block, [name]: this.#grown(name, value) };
  }

  get block(): JsonObject {
    // Written bit by bit; a call of a tool without arguments has no deltas.
    const input = parseJsonObject(this.#input);
    return input === undefined ? this.#block : { ...this.#block, input };
  }

  #grown(name: string, value: Json): Json {
    const before = this.#block[name];
    return typeof before === "string" && typeof value === "string" ? before + value : value;
  }
}

function withCitation(block: JsonObject, citation: JsonObject): JsonObject {
  const known = Array.isArray(block.citations) ? block.citations : [];
  return { ...block, citations: [...known, citation] };
}

export type AnswerBlock = WrittenText | ToolCallBlock | NativeBlock;
type WrittenText =
  | { readonly type: "text"; readonly text: string; readonly citations?: readonly JsonObject[] }
  /** `signature`: see the event. */
  | { readonly type: "reasoning"; readonly text: string; readonly signature?: string };

type Begun = {
  readonly block: AnswerBlock;
  readonly pieces: string[];
  readonly citations: JsonObject[];
  readonly native?: NativeBlockBuilder;
  signature?: string | undefined;
};

/** Puts the blocks of an answer together from its events. At most one is open at a time: what is added belongs to the last. */
export class WrittenBlocks {
  readonly #begun: Begun[] = [];

  push(event: ChatEvent): void {
    const last = this.#begun.at(-1);
    switch (event.type) {
      case "text-start":
        this.#begin({ type: "text", text: "" });
        break;
      case "reasoning-start":
        this.#begin({ type: "reasoning", text: "" });
        break;
      case "tool-call-start": {
        const { id, name, native } = event;
        this.#begin({ type: "tool-call", id, name, args: "", ...(native ? { native } : {}) });
        break;
      }
      case "native-start":
        this.#begin({ type: "native", block: event.content }, new NativeBlockBuilder(event.content));
        break;
      case "text-delta":
      case "reasoning-delta":
        last?.pieces.push(event.text);
        break;
      case "tool-call-delta":
        last?.pieces.push(event.args);
        break;
      case "native-delta":
        last?.native?.push(event.delta);
        break;
      case "text-citation":
        last?.citations.push(event.citation);
        break;
      case "reasoning-end":
        if (last) last.signature = event.signature;
        break;
    }
  }

  /** Those without any text, or signature, are left out. */
  get blocks(): AnswerBlock[] {
    return this.#begun.flatMap(({ block, pieces, citations, native, signature }): AnswerBlock[] => {
      const whole = pieces.join("");
      if (block.type === "native") return [{ ...block, block: native?.block ?? block.block }];
      if (block.type === "tool-call") return [{ ...block, args: whole }];
      if (block.type === "reasoning" && signature) return [{ ...block, text: whole, signature }];
      if (whole === "" && citations.length === 0) return [];
      return [{ ...block, text: whole, ...(citations.length === 0 ? {} : { citations }) }];
    });
  }

  #begin(block: AnswerBlock, native?: NativeBlockBuilder): void {
    this.#begun.push({ block, pieces: [], citations: [], ...(native ? { native } : {}) });
  }
}
