import { type ApiError, invalid } from "../../core/error.ts";
import { KeyedQueues } from "../../core/keyed-queues.ts";

type Call = { readonly id: string; readonly name: string };

/**
 * The calls that a tool's message can answer: those of the assistant turn before it. Says which field is
 * wrong when it answers none; `pairToolCalls`, which sees turns, cannot.
 */
export class OpenCalls {
  #calls: Call[] = [];
  #unanswered = new Set<Call>();
  #byId = new KeyedQueues<Call>();
  #byName = new KeyedQueues<Call>();
  #turnIsOver = false;
  readonly #strict: boolean;

  /** `strict`: what answers no call is refused. */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** An assistant message that says something or calls. Neighbours are one turn. */
  assistantSaid(calls: readonly Call[]): void {
    if (this.#turnIsOver) {
      this.#calls = [];
      this.#unanswered = new Set();
      this.#byId = new KeyedQueues();
      this.#byName = new KeyedQueues();
    }
    this.#turnIsOver = false;
    for (const call of calls) {
      this.#calls.push(call);
      this.#unanswered.add(call);
      this.#byId.add(call.id, call);
      this.#byName.add(call.name, call);
    }
  }

  /** A user message, or a result. */
  userSaid(): void {
    this.#turnIsOver = true;
  }

  /** Ids that repeat within a turn are answered in the order of the calls. */
  answer(id: string, param: string): void {
    if (this.#take(this.#byId, id) === undefined && this.#strict) throw this.#withoutCall({ id }, param);
  }

  /** The id of the call that a message of role `function` answers: there the name is all there is. */
  answerByName(name: string, param: string): string {
    const call = this.#take(this.#byName, name);
    if (call === undefined && this.#strict) throw this.#withoutCall({ name }, param);
    return call?.id ?? name;
  }

  /** The first that was not answered by the other of its two keys. */
  #take(queues: KeyedQueues<Call>, key: string): Call | undefined {
    let call = queues.take(key);
    while (call !== undefined && !this.#unanswered.delete(call)) call = queues.take(key);
    return call;
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
