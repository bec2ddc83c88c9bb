import type { ApiError } from "./error.ts";
import type { ChatEvent, FinishReason, Usage } from "./event.ts";
import type { TextBlock, ToolCallBlock } from "./request.ts";

/** What an answer consists of. */
export type AnswerBlock = TextBlock | { readonly type: "reasoning"; readonly text: string } | ToolCallBlock;

/** A finished completion: its events, collected. */
export type ChatResult = {
  readonly id: string;
  readonly model: string;
  /** Everything in the order in which the model wrote it. What follows is the same, by kinds. */
  readonly blocks: readonly AnswerBlock[];
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCallBlock[];
  readonly finishReason: FinishReason;
  readonly usage: Usage;
};

/** Gathers a stream into a result: non-streaming answers are the streaming ones, collected. Throws the stream's ApiError. */
export async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatResult> {
  let id = "";
  let model = "";
  const written: { readonly block: AnswerBlock; readonly pieces: string[] }[] = [];
  for await (const event of events) {
    switch (event.type) {
      case "response-start":
        id = event.id;
        model = event.model;
        break;
      case "text-start":
        written.push({ block: { type: "text", text: "" }, pieces: [] });
        break;
      case "reasoning-start":
        written.push({ block: { type: "reasoning", text: "" }, pieces: [] });
        break;
      case "tool-call-start":
        written.push({ block: { type: "tool-call", id: event.id, name: event.name, args: "" }, pieces: [] });
        break;
      // At most one block is open at a time: the last.
      case "text-delta":
      case "reasoning-delta":
        written.at(-1)?.pieces.push(event.text);
        break;
      case "tool-call-delta":
        written.at(-1)?.pieces.push(event.args);
        break;
      case "error":
        throw event.error satisfies ApiError;
      case "finish": {
        const blocks = written.map(({ block, pieces }) => filled(block, pieces.join("")));
        return { id, model, ...byKind(blocks), finishReason: event.reason, usage: event.usage };
      }
    }
  }
  throw new Error("the event stream ended without finish or error");
}

function filled(block: AnswerBlock, content: string): AnswerBlock {
  return block.type === "tool-call" ? { ...block, args: content } : { ...block, text: content };
}

function byKind(blocks: readonly AnswerBlock[]) {
  const textOf = (type: "text" | "reasoning") =>
    blocks.map((block) => (block.type === type ? block.text : "")).join("");
  const toolCalls = blocks.filter((block) => block.type === "tool-call");
  return { blocks, text: textOf("text"), reasoning: textOf("reasoning"), toolCalls };
}
