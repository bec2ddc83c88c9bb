import type { PromptUsage } from "./answer/prompt-cache.ts";
import type { Refusal } from "./judge/judge.ts";
import type { InputTransformation } from "./judge/refuse-thinking.ts";
import type { MessagesBody } from "./messages-body.ts";

/** One POST /v1/messages that reached the simulated API. */
export type RecordedRequest = {
  readonly body: MessagesBody;
  /** The bytes of the body as text, exactly as they came. */
  readonly rawBody: string;
  readonly headers: Headers;
  /** Set when the API turned the request down: neither a scripted reply nor the responder answered it. */
  readonly refusal: Refusal | undefined;
  /** What the API does to the thinking that the request sends back. */
  readonly inputTransformations: readonly InputTransformation[];
  /** What its prompt was charged; undefined until it is answered with a message. */
  readonly charged: PromptUsage | undefined;
  /** The client dropped the connection before the answer was complete. */
  readonly isAborted: boolean;
  /** Resolves when the client drops the connection; stays pending when it does not. */
  readonly aborted: Promise<void>;
};

type Waiter = {
  readonly count: number;
  resolve(requests: readonly RecordedRequest[]): void;
  reject(reason: Error): void;
};

/** Keeps the requests in the order they arrived, the newest `limit` of them, and tells those who wait for one. */
export class RequestLog {
  readonly kept: RecordedRequest[] = [];
  readonly #limit: number;
  #seen = 0;
  #waiters: Waiter[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#seen;
  }

  add(request: RecordedRequest): void {
    this.#seen++;
    this.kept.push(request);
    if (this.kept.length > this.#limit) this.kept.shift();
    const due = this.#waiters.filter((waiter) => waiter.count <= this.#seen);
    this.#waiters = this.#waiters.filter((waiter) => waiter.count > this.#seen);
    for (const waiter of due) waiter.resolve(this.kept);
  }

  /** Resolves once `count` requests have arrived in all. */
  waitFor(count: number): Promise<readonly RecordedRequest[]> {
    if (this.#seen >= count) return Promise.resolve(this.kept);
    return new Promise((resolve, reject) => this.#waiters.push({ count, resolve, reject }));
  }

  close(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { count, reject } of waiters) {
      reject(new Error(`the simulator closed after ${this.#seen} requests while ${count} were awaited`));
    }
  }
}

/** Follows the connection of one request until its answer is complete. `closing` is the simulator's own end, which is no abort by the client. */
export function watchConnection(connection: AbortSignal, closing: AbortSignal) {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  let [isAborted, isOver] = [false, false];
  const onAbort = () => {
    if (isOver || closing.aborted) return;
    isAborted = true;
    resolve();
  };
  if (connection.aborted) onAbort();
  else connection.addEventListener("abort", onAbort, { once: true });
  return {
    aborted,
    isAborted: () => isAborted,
    answerComplete: () => {
      isOver = true;
    },
  };
}
