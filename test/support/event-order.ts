import type { ChatEvent } from "../../src/core/event.ts";

type State = "before-start" | "between-blocks" | "in-block" | "ended";

/** The grammar of a legal event stream. Throws at the first event that breaks it; tests run every stream through it. */
export class EventOrder {
  #state: State = "before-start";
  #open: { kind: string; block: number } | undefined;
  readonly #seen = new Set<number>();

  check(event: ChatEvent): void {
    if (this.#state === "ended") throw illegal(event, "after the stream has ended");
    switch (event.type) {
      case "response-start":
        this.#expect("before-start", event);
        this.#state = "between-blocks";
        return;
      case "text-start":
      case "reasoning-start":
      case "tool-call-start":
      case "native-start":
        this.#expect("between-blocks", event);
        if (this.#seen.has(event.block)) throw illegal(event, `reuses block ${event.block}`);
        this.#seen.add(event.block);
        this.#open = { kind: kindOf(event.type), block: event.block };
        this.#state = "in-block";
        return;
      case "text-delta":
      case "reasoning-delta":
      case "tool-call-delta":
      case "native-delta":
      case "text-citation":
        this.#expectOpen(event, event.block);
        return;
      case "text-end":
      case "reasoning-end":
      case "tool-call-end":
      case "native-end":
        this.#expectOpen(event, event.block);
        this.#open = undefined;
        this.#state = "between-blocks";
        return;
      case "native-event":
        if (this.#state === "before-start") throw illegal(event, `while ${this.#state}`);
        return;
      case "finish":
        this.#expect("between-blocks", event);
        this.#state = "ended";
        return;
      case "error":
        this.#state = "ended";
        return;
    }
  }

  /** Call after the last event: a stream that just stops is illegal too. */
  end(): void {
    if (this.#state !== "ended") throw new Error("event order: the stream ended without finish or error");
  }

  #expect(state: State, event: ChatEvent): void {
    if (this.#state !== state) throw illegal(event, `while ${this.#state}`);
  }

  #expectOpen(event: ChatEvent, block: number): void {
    if (this.#open?.kind !== kindOf(event.type) || this.#open.block !== block)
      throw illegal(event, "for a block not open");
  }
}

function kindOf(type: string): string {
  return type.slice(0, type.lastIndexOf("-"));
}

function illegal(event: ChatEvent, why: string): Error {
  return new Error(`event order: ${event.type} ${why}`);
}
