import type { ChatEvent } from "../../core/event.ts";
import type { ContentBlock, Turn } from "../../core/request.ts";

type Written =
  | { readonly type: "text"; readonly pieces: string[] }
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly pieces: string[] };

/** Keeps what a client is told as the turn it makes of it, to recognise it when it comes back. */
export class AnswerRecorder {
  readonly #written: Written[] = [];
  #hasThought = false;

  push(event: ChatEvent): void {
    switch (event.type) {
      case "reasoning-start":
        this.#hasThought = true;
        break;
      case "text-start":
        this.#written.push({ type: "text", pieces: [] });
        break;
      case "tool-call-start":
        this.#written.push({ type: "tool-call", id: event.id, name: event.name, pieces: [] });
        break;
      case "text-delta":
        this.#add("text", event.text);
        break;
      case "tool-call-delta":
        this.#add("tool-call", event.args);
        break;
    }
  }

  /** Whether the model thought before, or while, it wrote this. */
  get hasThought(): boolean {
    return this.#hasThought;
  }

  get turn(): Turn {
    return { role: "assistant", content: this.#written.map(blockOf) };
  }

  #add(type: Written["type"], piece: string): void {
    const last = this.#written.at(-1);
    if (last?.type === type) last.pieces.push(piece);
  }
}

function blockOf(written: Written): ContentBlock {
  const text = written.pieces.join("");
  if (written.type === "text") return { type: "text", text };
  return { type: "tool-call", id: written.id, name: written.name, args: text };
}
