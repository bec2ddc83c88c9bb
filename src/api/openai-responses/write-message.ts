import type { JsonObject } from "../../core/json.ts";
import { annotationOf, CitedText, type UrlAnnotation } from "../web-search/citations.ts";
import type { ItemEvent, ItemStatus, ItemWriter, OutputMessage, OutputText } from "./output-item.ts";

/** A message of one text, which several of the model's may make up. */
export class MessageWriter implements ItemWriter {
  readonly #id: string;
  readonly #cited = new CitedText();
  readonly #annotations: UrlAnnotation[] = [];
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

  /** Another of the model's texts begins. */
  beginText(): void {
    this.#cited.begin();
  }

  delta(text: string): ItemEvent[] {
    this.#text += this.#cited.push(text);
    return [{ type: "response.output_text.delta", ...this.#place, delta: text, logprobs: [] }];
  }

  /** The model's text ends that began last. */
  endText(citations: readonly JsonObject[]): ItemEvent[] {
    for (const citation of citations) this.#cited.cite(citation);
    return this.#cited.end().map((citation): ItemEvent => {
      const annotation = annotationOf(citation);
      const annotation_index = this.#annotations.push(annotation) - 1;
      return { type: "response.output_text.annotation.added", ...this.#place, annotation_index, annotation };
    });
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
    return { type: "output_text", text: this.#text, annotations: [...this.#annotations], logprobs: [] };
  }
}
