import type { ItemEvent, ItemStatus, ItemWriter, OutputMessage, OutputText } from "./output-item.ts";

/** A message of one text. */
export class MessageWriter implements ItemWriter {
  readonly #id: string;
  #text = "";

  constructor(id: string) {
    this.#id = id;
  }

  begin(): ItemEvent[] {
    const item = { ...this.item("in_progress"), content: [] };
    return [
      { type: "response.output_item.added", item },
      { type: "response.content_part.added", ...this.#place, part: this.#part },
    ];
  }

  delta(text: string): ItemEvent[] {
    this.#text += text;
    return [{ type: "response.output_text.delta", ...this.#place, delta: text, logprobs: [] }];
  }

  end(status: ItemStatus): ItemEvent[] {
    return [
      { type: "response.output_text.done", ...this.#place, text: this.#text, logprobs: [] },
      { type: "response.content_part.done", ...this.#place, part: this.#part },
      { type: "response.output_item.done", item: this.item(status) },
    ];
  }

  item(status: ItemStatus): OutputMessage {
    return { id: this.#id, type: "message", status, role: "assistant", content: [this.#part] };
  }

  get #place() {
    return { item_id: this.#id, content_index: 0 };
  }

  get #part(): OutputText {
    return { type: "output_text", text: this.#text, annotations: [], logprobs: [] };
  }
}
