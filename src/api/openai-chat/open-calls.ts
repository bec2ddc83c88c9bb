import type { ApiError } from "../../core/error.ts";
import { invalid } from "./invalid.ts";

type Call = { readonly id: string; readonly name: string };

/**
 * The calls that a tool's message can answer: those of the assistant turn before it. Says which field of which message is
 * wrong when it answers none; `pairToolCalls`, which sees turns, cannot.
 */
export class OpenCalls {
  #calls: readonly Call[] = [];
  #unanswered: Call[] = [];
  #turnIsOver = false;

  /** An assistant message that says something or calls. Neighbours are one turn. */
  assistantSaid(calls: readonly Call[]): void {
    if (this.#turnIsOver) {
      this.#calls = [];
      this.#unanswered = [];
    }
    this.#turnIsOver = false;
    this.#calls = [...this.#calls, ...calls];
    this.#unanswered.push(...calls);
  }

  /** A user message, or a result. */
  userSaid(): void {
    this.#turnIsOver = true;
  }

  /** Ids that repeat within a turn are answered in the order of the calls. */
  answer(id: string, message: string): void {
    if (this.#take((call) => call.id === id) === undefined) throw this.#withoutCall({ id }, `${message}.tool_call_id`);
  }

  /** The id of the call that a message of role `function` answers: there the name is all there is. */
  answerByName(name: string, message: string): string {
    const call = this.#take((candidate) => candidate.name === name);
    if (call === undefined) throw this.#withoutCall({ name }, `${message}.name`);
    return call.id;
  }

  #take(matches: (call: Call) => boolean): Call | undefined {
    const index = this.#unanswered.findIndex(matches);
    return index === -1 ? undefined : this.#unanswered.splice(index, 1)[0];
  }

  #withoutCall(wanted: Partial<Call>, param: string): ApiError {
    const field = wanted.id === undefined ? "name" : "id";
    const known = [...new Set(this.#calls.map((call) => JSON.stringify(call[field])))];
    const given = JSON.stringify(wanted[field]);
    if (known.length === 0) return invalid(param, `'${param}' answers no call: the assistant turn before it has none.`);
    if (known.includes(given)) return invalid(param, `'${param}' is ${given}, and that call has its result already.`);
    return invalid(param, `'${param}' is ${given}, but the assistant turn before it calls ${known.join(", ")}.`);
  }
}
