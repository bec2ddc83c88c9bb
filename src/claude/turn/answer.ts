import type { ChatEvent } from "../../core/event.ts";
import type { ContentBlock, Turn } from "../../core/request.ts";
import { type AnswerBlock, WrittenBlocks } from "../../core/written-blocks.ts";

/** Keeps what a client is told as the turn it makes of it, to recognise it when it comes back. */
export class AnswerRecorder {
  readonly #written = new WrittenBlocks();

  push(event: ChatEvent): void {
    this.#written.push(event);
  }

  get turn(): Turn {
    return { role: "assistant", content: this.#written.blocks.flatMap(blockOf) };
  }
}

function blockOf(written: AnswerBlock): ContentBlock[] {
  if (written.type === "reasoning") {
    const { text, signature } = written;
    // Unsigned, the API would not take it back.
    return signature === undefined ? [] : [{ type: "thinking", text, signature }];
  }
  if (written.type !== "native") return [written];
  const { type, data } = written.block;
  return [type === "redacted_thinking" && typeof data === "string" ? { type: "thinking", redacted: data } : written];
}
