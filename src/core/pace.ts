/** As long as a request that needs much may keep all others waiting, in milliseconds, before it lets them have their turn. */
const TURN_MS = 8;

/** Cuts long work into turns. Everything runs in one thread: while nothing gives way, no other request is even read. */
export class Pace {
  #turnBegan: number;

  /** What was done before in the same turn is not known, so the first pause is made in any case, unless it is told when the turn began. */
  constructor(turnBegan = Number.NEGATIVE_INFINITY) {
    this.#turnBegan = turnBegan;
  }

  /** To be awaited wherever work may pause. Most times it does not. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.#turnBegan < TURN_MS) return;
    await nextTurn();
    this.#turnBegan = performance.now();
  }
}

/** Resolves once all else that is to be done has had its turn. A microtask would not do: those all run before anything that arrives. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Work that may pause at each `yield`: whoever does it says whether it does. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Does the work in turns with all else. */
export async function inTurns<Result>(steps: Steps<Result>, pace: Pick<Pace, "giveWay"> = new Pace()): Promise<Result> {
  let step = steps.next();
  while (!step.done) {
    await pace.giveWay();
    step = steps.next();
  }
  return step.value;
}

/** Does the work without a pause: for what is known to be little. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** So much is done of a list between two places where work may pause: a fraction of a millisecond, mostly. */
const MEMBERS = 128;

/** Does something with each member of a list, with a place to pause every so many. */
export function* each<Member>(list: Iterable<Member>, work: (member: Member, index: number) => void): Steps<void> {
  let index = 0;
  for (const member of list) {
    work(member, index++);
    if (index % MEMBERS === 0) yield;
  }
}
