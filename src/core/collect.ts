import type { ApiError } from "./error.ts";
import type { ChatEvent, FinishReason, Usage } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { NativeBlockBuilder } from "./native-block.ts";
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

export type AnswerBlock = WrittenText | ToolCallBlock | NativeBlock;
type WrittenText =
  | { readonly type: "text"; readonly text: string; readonly citations?: readonly JsonObject[] }
  /** `signature`: see the event. */
  | { readonly type: "reasoning"; readonly text: string; readonly signature?: string };

/** Gathers a stream into a result: non-streaming answers are the streaming ones, collected. Throws the stream's ApiError. */
export async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatResult> {
  let id = "";
  let model = "";
  const written = new WrittenBlocks();
  for await (const event of events) {
    switch (event.type) {
      case "response-start":
        id = event.id;
        model = event.model;
        break;
      case "text-start":
        written.begin({ type: "text", text: "" });
        break;
      case "reasoning-start":
        written.begin({ type: "reasoning", text: "" });
        break;
      case "tool-call-start":
        written.begin({
          type: "tool-call",
          id: event.id,
          name: event.name,
          args: "",
          ...(event.native ? { native: event.native } : {}),
        });
        break;
      case "native-start":
        written.beginNative(event.content);
        break;
      case "native-delta":
        written.addNative(event.delta);
        break;
      case "text-citation":
        written.cite(event.citation);
        break;
      case "text-delta":
      case "reasoning-delta":
        written.add(event.text);
        break;
      case "tool-call-delta":
        written.add(event.args);
        break;
      case "reasoning-end":
        written.sign(event.signature);
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

type Begun = {
  readonly block: AnswerBlock;
  readonly pieces: string[];
  readonly citations: JsonObject[];
  readonly native?: NativeBlockBuilder;
  signature?: string | undefined;
};

/** At most one block is open at a time: what is added belongs to the last. */
class WrittenBlocks {
  readonly #begun: Begun[] = [];

  begin(block: AnswerBlock): void {
    this.#begun.push({ block, pieces: [], citations: [] });
  }

  beginNative(content: JsonObject): void {
    const native = new NativeBlockBuilder(content);
    this.#begun.push({ block: { type: "native", block: content }, pieces: [], citations: [], native });
  }

  add(piece: string): void {
    this.#begun.at(-1)?.pieces.push(piece);
  }

  addNative(delta: JsonObject): void {
    this.#begun.at(-1)?.native?.push(delta);
  }

  cite(citation: JsonObject): void {
    this.#begun.at(-1)?.citations.push(citation);
  }

  sign(signature: string | undefined): void {
    const last = this.#begun.at(-1);
    if (last) last.signature = signature;
  }

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
}

function textOf(blocks: readonly AnswerBlock[], type: WrittenText["type"]): string {
  return blocks.flatMap((block) => (block.type === type ? block.text : [])).join("");
}
