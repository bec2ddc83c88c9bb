import type { ItemEvent, ItemStatus, ItemWriter, Reasoning } from "./output-item.ts";

/** Thinking; what it says is told only when the client asked for a summary. */
export class ReasoningWriter implements ItemWriter {
  readonly #id: string;
  readonly #isTold: boolean;
  #text = "";

  constructor(id: string, isTold: boolean) {
    this.#id = id;
    this.#isTold = isTold;
  }

  begin(): ItemEvent[] {
    return [{ type: "response.output_item.added", item: this.item("in_progress") }];
  }

  delta(text: string): ItemEvent[] {
    if (!this.#isTold || text === "") return [];
    const part = { type: "summary_text", text: "" };
    const begin = this.#text === "" ? [{ type: "response.reasoning_summary_part.added", ...this.#place, part }] : [];
    this.#text += text;
    return [...begin, { type: "response.reasoning_summary_text.delta", ...this.#place, delta: text }];
  }

  end(status: ItemStatus): ItemEvent[] {
    const item = this.item(status);
    const summary = item.summary.flatMap((part) => [
      { type: "response.reasoning_summary_text.done", ...this.#place, text: part.text },
      { type: "response.reasoning_summary_part.done", ...this.#place, part },
    ]);
    return [...summary, { type: "response.output_item.done", item }];
  }

  item(status: ItemStatus): Reasoning {
    const summary = this.#text === "" ? [] : [{ type: "summary_text" as const, text: this.#text }];
    return { id: this.#id, type: "reasoning", status, summary };
  }

  get #place() {
    return { item_id: this.#id, summary_index: 0 };
  }
}
