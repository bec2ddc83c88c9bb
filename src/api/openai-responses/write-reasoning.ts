import { encodeThinking } from "./encrypted-thinking.ts";
import type { ItemEvent, ItemStatus, ItemWriter, Reasoning } from "./output-item.ts";

export type ReasoningOptions = {
  /** The full id of who thinks. */
  readonly model: string;
  /** Whether the client wants to read it. */
  readonly summarize: boolean;
  /** Whether the client wants what brings it back. */
  readonly encrypt: boolean;
};

/** Thinking; what it says is told only when the client asked for a summary. */
export class ReasoningWriter implements ItemWriter {
  readonly #id: string;
  readonly #options: ReasoningOptions;
  #text = "";
  /** What it says, told or not. */
  #thought = "";
  #encrypted: string | undefined;

  constructor(id: string, options: ReasoningOptions) {
    this.#id = id;
    this.#options = options;
  }

  /** What brings it back; undefined where nothing does. */
  get encrypted(): string | undefined {
    return this.#encrypted;
  }

  sign(signature: string): void {
    const { model, summarize } = this.#options;
    const block = { type: "thinking", model, text: this.#thought, signature } as const;
    this.#encrypted = encodeThinking(block, { isTold: summarize });
  }

  /** It is thinking that nobody may read. */
  redact(redacted: string): void {
    this.#encrypted = encodeThinking({ type: "thinking", model: this.#options.model, redacted }, { isTold: false });
  }

  begin(): ItemEvent[] {
    return [{ type: "response.output_item.added", item: this.item("in_progress") }];
  }

  delta(text: string): ItemEvent[] {
    this.#thought += text;
    if (!this.#options.summarize || text === "") return [];
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
    const encrypted = this.#options.encrypt && this.#encrypted ? { encrypted_content: this.#encrypted } : {};
    return { id: this.#id, type: "reasoning", status, summary, ...encrypted };
  }

  get #place() {
    return { item_id: this.#id, summary_index: 0 };
  }
}
