import type { ApiError } from "../../../core/error.ts";
import type { ChatEvent, Finish } from "../../../core/event.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ClientTools } from "../../responses-shape/wire/tools.ts";
import type { HiddenFields } from "../store/store.ts";
import type { ItemEvent, ItemStatus, ItemWriter, OutputItem } from "../wire/output-items.ts";
import { encodeFailure, encodeUsage, type ResponseObject } from "../wire/response.ts";
import { CallWriter, MessageWriter, ReasoningWriter } from "./items.ts";
import { SearchCalls, type SearchOptions, type SearchStep } from "./searches.ts";

export type ResponseEvent = ItemEvent & { readonly sequence_number: number };

type EncoderOptions = {
  /** The response before anything has happened; its items are named after its id. */
  readonly response: ResponseObject;
  readonly clientTools: ClientTools;
  readonly summarize: boolean;
  /** Whether reasoning is told with what brings it back. */
  readonly encrypt: boolean;
  /** How the model's searches are told. */
  readonly searches?: SearchOptions;
  /** Whether texts that follow each other are one: what rests on different pages comes in texts of its own. Default false. */
  readonly joinsTexts?: boolean;
  /** Seconds since the epoch, asked for once, at the end. */
  readonly now: () => number;
};

/** What `finish` tells of a response. */
const ENDS = {
  stop: { status: "completed", incomplete_details: null },
  "tool-calls": { status: "completed", incomplete_details: null },
  length: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
  "content-filter": { status: "incomplete", incomplete_details: { reason: "content_filter" } },
} as const;

/** Anthropic has paused a long turn of its own tools: the answer is not whole, and OpenAI has no word for that. */
const PAUSED = { status: "incomplete", incomplete_details: { reason: "pause_turn" } } as const;

/**
 * Chat events in; the events of a response out, and the response as it stands. A block's end is told with the next event: only
 * then is it known whether the answer was cut off there. Without I/O, clock or randomness.
 */
export class ResponseEncoder {
  readonly #options: EncoderOptions;
  readonly #output: OutputItem[] = [];
  readonly #searches: SearchCalls;
  #response: ResponseObject;
  #writer: ItemWriter | undefined;
  /** The last item of thinking. */
  #reasoning: ReasoningWriter | undefined;
  readonly #encrypted = new Map<string, string>();
  #citations: JsonObject[] = [];
  #sequence = 0;
  #isTold = false;

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.#response = options.response;
    this.#searches = new SearchCalls(options.searches ?? {});
  }

  get response(): ResponseObject {
    return this.#response;
  }

  /** What is kept of its items, whether the client is told that or not. */
  get hidden(): HiddenFields {
    return { native: this.#searches.native, encrypted: this.#encrypted };
  }

  push(event: ChatEvent): ResponseEvent[] {
    switch (event.type) {
      case "response-start":
        this.#response = { ...this.#response, model: event.model };
        return this.#begin();
      case "reasoning-start":
        return [...this.#close("completed"), ...this.#openReasoning()];
      case "tool-call-start":
        return [...this.#close("completed"), ...this.#openCall(event.id, event.name)];
      case "text-start":
        return this.#startText();
      case "text-delta":
        if (event.text === "") return [];
        // Only now: a block without a text is no message.
        return [...(this.#writer ? [] : this.#openMessage()), ...this.#items(this.#writer?.delta(event.text))];
      case "text-citation":
        this.#citations.push(event.citation);
        return [];
      case "text-end":
        return this.#writer instanceof MessageWriter ? this.#items(this.#writer.endText(this.#citations)) : [];
      case "reasoning-delta":
        return this.#items(this.#writer?.delta(event.text));
      case "tool-call-delta":
        return this.#items(this.#writer?.delta(event.args));
      case "reasoning-end":
        if (event.signature) this.#reasoning?.sign(event.signature);
        return [];
      case "native-start":
        if (event.content.type === "redacted_thinking") return this.#redacted(event.content);
        this.#searches.start(event.content);
        return this.#close("completed");
      case "native-delta":
        this.#searches.delta(event.delta);
        return [];
      case "native-end":
        return this.#place([this.#searches.end(this.#output.length, `ws_${this.#suffix}`)]);
      case "tool-call-end":
      case "native-event":
        return [];
      case "finish":
        return this.#finish(event);
      case "error":
        return this.#fail(event.error);
    }
  }

  #startText(): ResponseEvent[] {
    this.#citations = [];
    const goesOn = this.#options.joinsTexts && this.#writer instanceof MessageWriter ? this.#writer : undefined;
    goesOn?.beginText();
    return goesOn ? [] : this.#close("completed");
  }

  #openMessage(): ResponseEvent[] {
    const writer = new MessageWriter(`msg_${this.#suffix}`);
    writer.beginText();
    return this.#open(() => writer);
  }

  /** Puts items where they belong, which may be before others that have begun later. */
  #place(placed: readonly (SearchStep | undefined)[]): ResponseEvent[] {
    return placed.flatMap((search): ResponseEvent[] => {
      if (search === undefined) return [];
      const { index, item, events } = search;
      this.#output[index] = item;
      return this.#number(events.map((event) => ({ ...event, output_index: index })));
    });
  }

  /** Tells of it before it begins, as is done of one that waits in the background. */
  queue(): ResponseEvent[] {
    return [...this.#create(), ...this.#number([{ type: "response.queued", response: this.#response }])];
  }

  /** Has it say that it is not stored, whatever was asked for. */
  notStored(): ResponseObject {
    this.#response = { ...this.#response, store: false };
    return this.#response;
  }

  /** Ends it where it is, because nobody wants it any more. */
  cancel(): void {
    this.#leave();
    this.#end({ status: "cancelled" });
  }

  /** What was begun stays as it is. */
  #leave(): void {
    if (this.#writer) this.#output.push(this.#writer.item("incomplete"));
    this.#writer = undefined;
    for (const { index, item } of this.#searches.leftOpen()) this.#output[index] = item;
  }

  /** The response without output: a client has it from the items. */
  #begin(): ResponseEvent[] {
    this.#response = { ...this.#response, status: "in_progress" };
    return [...this.#create(), ...this.#number([{ type: "response.in_progress", response: this.#response }])];
  }

  #create(): ResponseEvent[] {
    if (this.#isTold) return [];
    this.#isTold = true;
    return this.#number([{ type: "response.created", response: this.#response }]);
  }

  #openReasoning(): ResponseEvent[] {
    const { summarize, encrypt } = this.#options;
    const { model } = this.#response;
    return this.#open((id) => {
      this.#reasoning = new ReasoningWriter(`rs_${id}`, { model, summarize, encrypt });
      return this.#reasoning;
    });
  }

  #redacted({ data }: JsonObject): ResponseEvent[] {
    const events = [...this.#close("completed"), ...this.#openReasoning()];
    if (typeof data === "string") this.#reasoning?.redact(data);
    return events;
  }

  #openCall(callId: string, name: string): ResponseEvent[] {
    const { kind, ...own } = this.#options.clientTools.get(name) ?? { kind: "function" as const, name };
    const isCustom = kind === "custom";
    const identity = { call_id: callId, ...own };
    return this.#open((id) => new CallWriter(`${isCustom ? "ctc" : "fc"}_${id}`, identity, isCustom));
  }

  /** Ids are unique over all responses: clients refer to items by them. */
  get #suffix(): string {
    return `${this.#response.id.replace(/^resp_/, "")}_${this.#output.length}`;
  }

  #open(writerOf: (id: string) => ItemWriter): ResponseEvent[] {
    this.#writer = writerOf(this.#suffix);
    return this.#items(this.#writer.begin());
  }

  #close(status: ItemStatus): ResponseEvent[] {
    if (this.#writer === undefined) return [];
    const events = this.#items(this.#writer.end(status));
    const item = this.#writer.item(status);
    this.#output.push(item);
    if (this.#writer === this.#reasoning && this.#reasoning.encrypted)
      this.#encrypted.set(item.id, this.#reasoning.encrypted);
    this.#writer = undefined;
    return events;
  }

  #finish({ reason, usage }: Finish): ResponseEvent[] {
    const end = reason.raw === "pause_turn" ? PAUSED : ENDS[reason.unified];
    const closed = [...this.#close(end.status), ...this.#place(this.#searches.leftOpen())];
    this.#end({ ...end, usage: encodeUsage(usage) });
    return [...closed, ...this.#number([{ type: `response.${end.status}`, response: this.#response }])];
  }

  /** What was begun is not completed, which would make it look whole. */
  #fail(error: ApiError): ResponseEvent[] {
    const begun = this.#isTold ? [] : this.#begin();
    this.#leave();
    this.#end({ status: "failed", error: encodeFailure(error) });
    return [...begun, ...this.#number([{ type: "response.failed", response: this.#response }])];
  }

  #end(changes: Partial<ResponseObject>): void {
    const completedAt = changes.status === "completed" ? this.#options.now() : null;
    this.#response = { ...this.#response, ...changes, output: this.#output, completed_at: completedAt };
  }

  /** Events of the item that is being written. */
  #items(events: readonly ItemEvent[] = []): ResponseEvent[] {
    const output_index = this.#output.length;
    return this.#number(events.map((event) => ({ ...event, output_index })));
  }

  #number(events: readonly ItemEvent[]): ResponseEvent[] {
    return events.map((event) => ({ ...event, sequence_number: this.#sequence++ }));
  }
}

/** Keeps a response, where it shall be kept. False: it is not stored as it says. */
export type Keep = (response: ResponseObject) => boolean;

/** The events of a response. It is kept before the client knows that it has ended, and may go on after it. */
export async function* encodeEvents(
  events: AsyncIterable<ChatEvent>,
  encoder: ResponseEncoder,
  keep: Keep,
): AsyncGenerator<ResponseEvent> {
  for await (const event of events) {
    const told = encoder.push(event);
    const isEnd = event.type === "finish" || event.type === "error";
    if (!isEnd || keep(encoder.response)) yield* told;
    else yield* told.map((end) => ("response" in end ? { ...end, response: encoder.notStored() } : end));
  }
}
