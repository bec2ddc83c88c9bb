import type { ChatEvent } from "../../core/event.ts";
import { type CallShape, encodeReasoning } from "./wire.ts";

/** What the events of one choice add to its message. A state machine: it counts the calls. */
export class ChoiceDeltas {
  readonly #callShape: CallShape;
  #calls = 0;

  constructor(callShape: CallShape) {
    this.#callShape = callShape;
  }

  push(event: ChatEvent): object | undefined {
    switch (event.type) {
      case "response-start":
        return { role: "assistant", content: "", refusal: null };
      case "text-delta":
        return { content: event.text };
      case "reasoning-delta":
        // Without a `content` key: some clients take a chunk that has one for the answer.
        return encodeReasoning(event.text);
      case "tool-call-start":
        this.#calls++;
        return this.#call({ id: event.id, type: "function" }, { name: event.name, arguments: "" });
      case "tool-call-delta":
        return this.#call({}, { arguments: event.args });
      default:
        return undefined;
    }
  }

  /** Id, type and name come once, in the first delta of a call: clients join what is repeated. */
  #call(identity: object, called: object): object | undefined {
    if (this.#callShape === "tool_calls") {
      return { tool_calls: [{ index: this.#calls - 1, ...identity, function: called }] };
    }
    // The form of old has room for one call, and no way to tell a second from more of the first.
    return this.#calls === 1 ? { function_call: called } : undefined;
  }
}
