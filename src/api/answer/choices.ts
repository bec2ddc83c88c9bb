import { type ChatResult, collect } from "../../core/collect.ts";
import type { ChatEvent } from "../../core/event.ts";

export type ChoiceEvent = { readonly choice: number; readonly event: ChatEvent };

type Arrival = { readonly choice: number; readonly result: IteratorResult<ChatEvent> };

/**
 * The events of several turns in the order in which they come, each with its turn's number. Of each turn one event is asked for
 * at a time, and only while somebody reads. The first error ends it all; `cancel` is called when turns are given up.
 */
export async function* mergeChoices(
  turns: readonly AsyncIterable<ChatEvent>[],
  cancel: () => void,
): AsyncGenerator<ChoiceEvent, void, void> {
  const iterators = turns.map((turn) => turn[Symbol.asyncIterator]());
  const arrived: Arrival[] = [];
  let running = turns.length;
  let failure: { readonly thrown: unknown } | undefined;
  let wake = () => {};
  const ask = (choice: number) => {
    const keep = (result: IteratorResult<ChatEvent>) => void arrived.push({ choice, result });
    const fail = (thrown: unknown) => {
      failure ??= { thrown };
    };
    iterators[choice]
      ?.next()
      .then(keep, fail)
      .then(() => wake());
  };
  for (const choice of turns.keys()) ask(choice);
  try {
    while (running > 0) {
      if (failure) throw failure.thrown;
      const next = arrived.shift();
      if (next === undefined) {
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        await woken.promise;
      } else if (next.result.done) {
        running--;
      } else {
        const event = next.result.value;
        yield { choice: next.choice, event };
        if (event.type === "error") return;
        ask(next.choice);
      }
    }
  } finally {
    if (running > 0) {
      cancel();
      // Not waited for: a turn that is being interrupted takes its time.
      for (const iterator of iterators) iterator.return?.().catch(() => {});
    }
  }
}

/** The results of several turns. Throws the first error; `cancel` ends the others then. */
export async function collectChoices(
  turns: readonly AsyncIterable<ChatEvent>[],
  cancel: () => void,
): Promise<[ChatResult, ...ChatResult[]]> {
  try {
    const [first, ...others] = await Promise.all(turns.map(collect));
    if (first === undefined) throw new Error("no turn to collect");
    return [first, ...others];
  } catch (error) {
    cancel();
    throw error;
  }
}
