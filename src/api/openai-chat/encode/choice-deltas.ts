import type { ChatEvent, ToolCallStart } from "../../../core/event.ts";
import { CustomInput } from "../../tools/custom-input.ts";
import { CitedText } from "../../web-search/citations.ts";
import {
  encodeDetails,
  MessagePlaces,
  type ReasoningDetail,
  redactedDetail,
  signedDetail,
} from "../wire/reasoning-details.ts";
import { type CallShape, encodeAnnotations, encodeReasoning } from "./completion.ts";

/** What the events of one choice add to its message. A state machine: it counts the calls. */
export class ChoiceDeltas {
  readonly #callShape: CallShape;
  readonly #customTools: ReadonlySet<string>;
  #calls = 0;
  readonly #places = new MessagePlaces();
  /** What is being thought. */
  #thought = "";
  /**
   * What was thought before the next word or call, told with that: as a whole, and not in pieces as OpenRouter streams it, since OpenAI's
   * own SDK for JavaScript keeps of a field that it does not know the last piece alone.
   */
  readonly #details: ReasoningDetail[] = [];
  readonly #cited = new CitedText();
  /** Of the call that is being written, where its tool takes a text. */
  #input: CustomInput | undefined;

  constructor(callShape: CallShape, customTools: ReadonlySet<string> = new Set()) {
    this.#callShape = callShape;
    this.#customTools = customTools;
  }

  push(event: ChatEvent): object[] {
    const isSpeech = event.type === "text-start" || event.type === "tool-call-start" || event.type === "finish";
    const thought = isSpeech ? encodeDetails(this.#details.splice(0)) : undefined;
    return [thought, this.#deltaOf(event)].filter((delta) => delta !== undefined);
  }

  #deltaOf(event: ChatEvent): object | undefined {
    switch (event.type) {
      case "response-start":
        return { role: "assistant", content: "", refusal: null };
      case "text-start":
        this.#cited.begin();
        return undefined;
      case "text-delta":
        if (event.text !== "") this.#places.text();
        return { content: this.#cited.push(event.text) };
      case "text-citation":
        this.#cited.cite(event.citation);
        return undefined;
      case "text-end":
        return encodeAnnotations(this.#cited.end());
      case "native-start":
        this.#cited.part();
        return this.#keep(redactedDetail(this.#places, event.content));
      case "reasoning-start":
        this.#thought = "";
        return undefined;
      case "reasoning-delta":
        this.#thought += event.text;
        // Without a `content` key: some clients take a chunk that has one for the answer.
        return encodeReasoning(event.text);
      case "reasoning-end":
        return this.#keep(signedDetail(this.#places, this.#thought, event.signature));
      case "tool-call-start":
        this.#calls++;
        this.#places.take();
        this.#input = this.#customTools.has(event.name) ? new CustomInput() : undefined;
        return this.#begin(event);
      case "tool-call-delta":
        if (this.#input) return this.#inputDelta(this.#input.push(event.args));
        return this.#call({}, { arguments: event.args });
      case "tool-call-end":
        return this.#input && this.#inputDelta(this.#input.end());
      default:
        return undefined;
    }
  }

  #keep(detail: ReasoningDetail | undefined): undefined {
    if (detail) this.#details.push(detail);
  }

  /** Id, type and name come once, in the first delta of a call: clients join what is repeated. */
  #begin({ id, name }: ToolCallStart): object | undefined {
    if (this.#input) return this.#delta({ id, type: "custom", custom: { name, input: "" } });
    return this.#call({ id, type: "function" }, { name, arguments: "" });
  }

  #inputDelta(input: string): object | undefined {
    return input === "" ? undefined : this.#delta({ custom: { input } });
  }

  #call(identity: object, called: object): object | undefined {
    if (this.#callShape === "tool_calls") return this.#delta({ ...identity, function: called });
    // The form of old has room for one call, and no way to tell a second from more of the first.
    return this.#calls === 1 ? { function_call: called } : undefined;
  }

  #delta(call: object): object {
    return { tool_calls: [{ index: this.#calls - 1, ...call }] };
  }
}
