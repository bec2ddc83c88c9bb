import { type AnswerBlock, WrittenBlocks } from "../../core/collect.ts";
import type { ChatEvent, Usage } from "../../core/event.ts";
import type { ContentBlock, Turn } from "../../core/request.ts";

// What the events of an answer go through on their way to the client.

/**
 * Passes on an answer that the API holds to the schema of an object: of its texts, that object alone. What the model says before it calls
 * or searches is left out, as it is where the CLI asks by its tool. Text that is no JSON is held back, and told only if the answer ends
 * with nothing else, as a refusal does. An answer that the API has paused goes on: its object is still to come.
 */
export class OutputText {
  /** The block that is being written, as long as it is not known to be JSON. */
  #open: ChatEvent[] | undefined;
  /** What is in it, from the first sign on. */
  #text = "";
  readonly #held: ChatEvent[] = [];
  /** Whether the answer has the object, or calls. */
  #hasAnswer = false;
  #leavesOut = false;

  /** Whether the model has said something that is not told, known with the end of the answer. */
  get leavesOut(): boolean {
    return this.#leavesOut;
  }

  push(event: ChatEvent): ChatEvent[] {
    switch (event.type) {
      case "text-start":
        this.#open = [event];
        this.#text = "";
        return [];
      case "text-delta":
        return this.#write(event, event.text);
      case "text-citation":
        if (this.#open === undefined) return [event];
        this.#open.push(event);
        return [];
      case "text-end":
        if (this.#open === undefined) return [event];
        this.#held.push(...this.#open, event);
        this.#open = undefined;
        return [];
      case "tool-call-start":
        this.#hasAnswer = true;
        return [event];
      case "finish":
        if (!this.#hasAnswer && event.reason.raw !== "pause_turn") return [...this.#held, event];
        this.#leavesOut = this.#held.length > 0;
        return [event];
      default:
        return [event];
    }
  }

  #write(event: ChatEvent, text: string): ChatEvent[] {
    const open = this.#open;
    if (open === undefined) return [event];
    open.push(event);
    this.#text = (this.#text + text).trimStart();
    if (!this.#text.startsWith("{")) return [];
    this.#hasAnswer = true;
    this.#open = undefined;
    return open;
  }
}

/**
 * Ends an answer at a stop text that the API would not take: it refuses those of white space only. Text that may be the
 * beginning of a stop text is held back until it is clear what it is, so a stop text is found across deltas.
 */
export class StopFilter {
  readonly #stops: readonly string[];
  #held = "";
  #matched = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** The answer has ended at a stop text: the rest is dropped, and the turn can be interrupted. */
  get matched(): boolean {
    return this.#matched;
  }

  /** `usage` tells what the API has counted so far: the last word on it if this event ends the answer. */
  push(event: ChatEvent, usage: () => Usage): ChatEvent[] {
    if (this.#matched) return [];
    if (this.#stops.length === 0) return [event];
    if (event.type === "text-end") {
      const [block, text] = [event.block, this.#held];
      this.#held = "";
      return text === "" ? [event] : [{ type: "text-delta", block, text }, event];
    }
    if (event.type !== "text-delta") return [event];
    const text = this.#held + event.text;
    const found = this.#firstStop(text);
    if (found === undefined) {
      const keep = text.length - this.#possibleStart(text);
      this.#held = text.slice(keep);
      return keep === 0 ? [] : [{ ...event, text: text.slice(0, keep) }];
    }
    this.#matched = true;
    const { start, stop } = found;
    return [
      ...(start === 0 ? [] : [{ ...event, text: text.slice(0, start) }]),
      { type: "text-end", block: event.block },
      { type: "finish", reason: { unified: "stop", raw: "stop_sequence", stopText: stop }, usage: usage() },
    ];
  }

  /** The stop text that is complete first, as if the text came letter by letter; the longest of several. */
  #firstStop(text: string): { readonly stop: string; readonly start: number } | undefined {
    const endOf = (found: { stop: string; start: number }) => found.start + found.stop.length;
    const [first] = this.#stops
      .map((stop) => ({ stop, start: text.indexOf(stop) }))
      .filter(({ start }) => start !== -1)
      .sort((a, b) => endOf(a) - endOf(b) || a.start - b.start);
    return first;
  }

  /** The length of the longest end of `text` that a stop text could begin with. */
  #possibleStart(text: string): number {
    const longest = Math.min(text.length, Math.max(...this.#stops.map((stop) => stop.length)) - 1);
    for (let length = longest; length > 0; length--) {
      const end = text.slice(-length);
      if (this.#stops.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }
}

/** Keeps what a client is told as the turn it makes of it, to recognise it when it comes back. */
export class AnswerRecorder extends WrittenBlocks {
  get turn(): Turn {
    return { role: "assistant", content: this.blocks.flatMap(blockOf) };
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

/** A queue between a callback that pushes and one reader that awaits. Ends after `close`, once everything was read. */
export class EventChannel<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #closed = false;
  #more = Promise.withResolvers<void>();

  push(item: T): void {
    this.#items.push(item);
    this.#more.resolve();
  }

  close(): void {
    this.#closed = true;
    this.#more.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) {
      yield* this.#items.splice(0);
      if (this.#items.length > 0) continue;
      if (this.#closed) return;
      await this.#more.promise;
      this.#more = Promise.withResolvers();
    }
  }
}
