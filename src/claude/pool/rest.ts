import { type Choice, type ChoiceOptions, chooseProcess, type Demand, servesEmptied, supersededBy } from "./policy.ts";
import { RestingWorkers } from "./resting-workers.ts";
import { isAskedOnce, isLight } from "./transcript.ts";
import type { Worker } from "./worker.ts";

export type RestOptions = {
  /** Processes kept ready that nobody has asked yet. */
  readonly warm: number;
  /** How long a process may rest before it is ended, beyond those to be kept ready. */
  readonly idleTimeoutMs: number;
  /** Processes that wait in the middle of a turn for the results of tool calls, and each for how long. */
  readonly maxParked: number;
  readonly parkTimeoutMs: number;
};

/** The processes that no request uses: never asked, idle after a turn, or parked in one. */
export class Rest {
  readonly #maxParked: number;
  readonly #onEnd: (ended: Promise<void>) => void;
  readonly #warm: RestingWorkers;
  readonly #idle: RestingWorkers;
  readonly #parked: RestingWorkers;

  /** `onEnd` is told of each process that is being ended. */
  constructor({ warm, idleTimeoutMs, maxParked, parkTimeoutMs }: RestOptions, onEnd: (ended: Promise<void>) => void) {
    const close = (worker: Worker) => onEnd(worker.close());
    const abandon = (worker: Worker) => onEnd(worker.abandon());
    this.#maxParked = maxParked;
    this.#onEnd = onEnd;
    this.#warm = new RestingWorkers({ keep: warm, timeoutMs: idleTimeoutMs, onRetire: close });
    this.#idle = new RestingWorkers({ keep: 0, timeoutMs: idleTimeoutMs, onRetire: close });
    this.#parked = new RestingWorkers({ keep: 0, timeoutMs: parkTimeoutMs, onRetire: abandon });
  }

  get size(): number {
    return this.#warm.size + this.#idle.size + this.#parked.size;
  }
  /** Those never asked that would do for such a request. */
  warmFor(demand: Demand | undefined): number {
    return this.#warm.usable.filter((worker) => demand === undefined || servesEmptied(worker, demand)).length;
  }
  /** Those that could serve a request at once. */
  get ready(): number {
    return this.#warm.size + this.#idle.size;
  }
  get parked(): number {
    return this.#parked.size;
  }
  get hasWarm(): boolean {
    return this.#warm.usable.length > 0;
  }

  /** Those never asked, or asked once, that would do for such a request. */
  spareFor(demand: Demand): number {
    const once = this.#idle.usable.filter((worker) => isAskedOnce(worker.transcript) && servesEmptied(worker, demand));
    return once.length + this.warmFor(demand);
  }

  choose(demand: Demand, options: ChoiceOptions): Choice<Worker> {
    const resting = { parked: this.#parked.usable, idle: this.#idle.usable, warm: this.#warm.usable };
    return chooseProcess(resting, demand, options);
  }

  add(worker: Worker): void {
    if (worker.openCalls.size > 0) this.#park(worker);
    else if (worker.settings === undefined || worker.transcript.length === 0) this.#warm.add(worker);
    else this.#idle.add(worker);
  }

  /** Takes one out, to be used or because it is gone. True: it was one that nobody had asked. */
  remove(worker: Worker): boolean {
    this.#idle.remove(worker);
    this.#parked.remove(worker);
    return this.#warm.remove(worker);
  }

  /** Ends the one whose loss costs least: first what is idle, of that what remembers little, then what is parked. False: there is none. */
  retireOldest(): boolean {
    return this.retireOldestIdle() || this.#parked.retireOldest() || this.#warm.retireOldest();
  }

  retireOldestIdle(): boolean {
    return this.#idle.retireOldest(({ transcript }) => isLight(transcript)) || this.#idle.retireOldest();
  }

  /** Ends those whose calls nobody will answer any more, now that this is asked. */
  retireSuperseded(demand: Demand): void {
    for (const worker of supersededBy(this.#parked.usable, demand)) {
      if (this.#parked.remove(worker)) this.#onEnd(worker.abandon());
    }
  }

  /** Ends all that are in no turn. */
  closeReady(): void {
    for (const worker of [...this.#warm.clear(), ...this.#idle.clear()]) this.#onEnd(worker.close());
  }

  closeAll(): void {
    for (const worker of this.#parked.clear()) this.#onEnd(worker.abandon());
    this.closeReady();
  }

  #park(worker: Worker): void {
    this.#parked.add(worker);
    if (this.#parked.size > this.#maxParked) this.#parked.retireOldest();
  }
}
