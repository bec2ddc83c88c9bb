import type { ChatEvent, Usage } from "../../core/event.ts";

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
    if (event.type === "text-end") return [...this.#release(event.block), event];
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

  #release(block: number): ChatEvent[] {
    const text = this.#held;
    this.#held = "";
    return text === "" ? [] : [{ type: "text-delta", block, text }];
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
