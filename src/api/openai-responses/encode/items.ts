import type { JsonObject } from "../../../core/json.ts";
import { encodeThinking } from "../../responses-shape/wire/thinking.ts";
import { CustomInput } from "../../tools/custom-input.ts";
import { annotationOf, CitedText, type UrlAnnotation } from "../../web-search/citations.ts";
import type {
  CallIdentity,
  CustomToolCall,
  FunctionCall,
  ItemEvent,
  ItemStatus,
  ItemWriter,
  OutputMessage,
  OutputText,
  Reasoning,
} from "../wire/output-items.ts";

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

type ReasoningOptions = {
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
  #thought = "";
  /** What brings it back; undefined where nothing does. */
  encrypted: string | undefined;

  constructor(id: string, options: ReasoningOptions) {
    this.#id = id;
    this.#options = options;
  }

  sign(signature: string): void {
    const { model, summarize } = this.#options;
    const block = { type: "thinking", model, text: this.#thought, signature } as const;
    this.encrypted = encodeThinking(block, { isTold: summarize });
  }

  /** It is thinking that nobody may read. */
  redact(redacted: string): void {
    this.encrypted = encodeThinking({ type: "thinking", model: this.#options.model, redacted }, { isTold: false });
  }

  begin(): ItemEvent[] {
    return [{ type: "response.output_item.added", item: this.item("in_progress") }];
  }

  delta(text: string): ItemEvent[] {
    const isFirst = this.#thought === "";
    this.#thought += text;
    if (!this.#options.summarize || text === "") return [];
    const part = { type: "summary_text", text: "" };
    const begin = isFirst ? [{ type: "response.reasoning_summary_part.added", ...this.#place, part }] : [];
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
    const { summarize, encrypt } = this.#options;
    const isTold = summarize && this.#thought !== "";
    const summary = isTold ? [{ type: "summary_text" as const, text: this.#thought }] : [];
    const encrypted = encrypt && this.encrypted ? { encrypted_content: this.encrypted } : {};
    return { id: this.#id, type: "reasoning", status, summary, ...encrypted };
  }

  get #place() {
    return { item_id: this.#id, summary_index: 0 };
  }
}

/** A call: of a function, or of a custom tool, which behind it is a function of one text. */
export class CallWriter implements ItemWriter {
  readonly #id: string;
  readonly #identity: CallIdentity;
  /** Of a custom tool. */
  readonly #input: CustomInput | undefined;
  /** The arguments, or the custom tool's input. */
  #text = "";

  constructor(id: string, identity: CallIdentity, isCustom: boolean) {
    this.#id = id;
    this.#identity = identity;
    this.#input = isCustom ? new CustomInput() : undefined;
  }

  begin(): ItemEvent[] {
    return [{ type: "response.output_item.added", item: this.item("in_progress") }];
  }

  delta(args: string): ItemEvent[] {
    return this.#tell(this.#input ? this.#input.push(args) : args);
  }

  end(status: ItemStatus): ItemEvent[] {
    const rest = this.#tell(this.#input?.end() ?? "");
    const done = this.#input
      ? { type: "response.custom_tool_call_input.done", item_id: this.#id, input: this.#text }
      : {
          type: "response.function_call_arguments.done",
          item_id: this.#id,
          name: this.#identity.name,
          arguments: this.#text,
        };
    return [...rest, done, { type: "response.output_item.done", item: this.item(status) }];
  }

  item(status: ItemStatus): FunctionCall | CustomToolCall {
    const id = this.#id;
    if (this.#input) return { id, type: "custom_tool_call", status, ...this.#identity, input: this.#text };
    return { id, type: "function_call", status, ...this.#identity, arguments: this.#text };
  }

  #tell(delta: string): ItemEvent[] {
    this.#text += delta;
    const type = this.#input ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta";
    return delta === "" ? [] : [{ type, item_id: this.#id, delta }];
  }
}
