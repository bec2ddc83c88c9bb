import type { ChatEvent } from "../../core/event.ts";

/**
 * Tells of an answer that the API holds to a schema of an object no text beside that object: what the model says before it calls or
 * searches, if anything, is left out, as it is where the CLI asks by its tool. Text that is no JSON is told only with the end of an
 * answer that has nothing else, such as a refusal. One that the API has paused goes on: its object is still to come.
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
        return this.#end(event);
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

  #end(event: ChatEvent): ChatEvent[] {
    if (this.#open === undefined) return [event];
    this.#held.push(...this.#open, event);
    this.#open = undefined;
    return [];
  }
}
