import type { ChatEvent } from "../../core/event.ts";
import type { ContentBlock, Turn } from "../../core/request.ts";

/** Keeps what a client is told as the turn it makes of it, to recognise it when it comes back. */
export class AnswerRecorder {
  readonly #content: ContentBlock[] = [];

  push(event: ChatEvent): void {
    switch (event.type) {
      case "text-start":
        this.#content.push({ type: "text", text: "" });
        break;
      case "tool-call-start":
        this.#content.push({ type: "tool-call", id: event.id, name: event.name, args: "" });
        break;
      case "text-delta":
        this.#replaceLast((block) => (block.type === "text" ? { ...block, text: block.text + event.text } : block));
        break;
      case "tool-call-delta":
        this.#replaceLast((block) =>
          block.type === "tool-call" ? { ...block, args: block.args + event.args } : block,
        );
        break;
    }
  }

  get turn(): Turn {
    return { role: "assistant", content: [...this.#content] };
  }

  #replaceLast(change: (block: ContentBlock) => ContentBlock): void {
    const last = this.#content.pop();
    if (last) this.#content.push(change(last));
  }
}
