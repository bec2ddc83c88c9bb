import type { ApiError } from "./error.ts";
import type { ChatEvent, FinishReason, Usage } from "./event.ts";
import type { JsonObject } from "./json.ts";
import type { ToolCallBlock } from "./request.ts";
import { type AnswerBlock, WrittenBlocks } from "./written-blocks.ts";

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
