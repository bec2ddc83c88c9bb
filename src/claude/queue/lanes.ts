import type { Asking } from "../../core/backend.ts";
import type { ChatRequest } from "../../core/request.ts";

/** Who asks for a place. */
export type Asker = {
  /** Whose lane it is in. */
  readonly client: string;
  /** What it belongs to within the lane; the work of one program that is alike has the same. */
  readonly kind: string;
  /** Nobody reads along and no conversation goes on with it: it comes after what is not so. */
  readonly isBatch: boolean;
};

export type LaneLimits = {
  /** Turns that run at once. */
  readonly places: number;
  /** Those that may wait, of all lanes. */
  readonly maxWaiting: number;
  /** Places that stay free of the turns of one client alone, and of its batch. */
  readonly kept: { readonly fromClient: number; readonly fromBatch: number };
};

/** `beside`: how many others of its client run. */
export type Started<A> = { readonly asker: A; readonly beside: number };

class Lane<A extends Asker> {
  running = 0;
  runningBatch = 0;
  readonly interactive = new RoundRobin<A>();
  readonly batch = new RoundRobin<A>();
  /** How many have started while batch waited. */
  passedBatch = 0;

  get waiting(): number {
    return this.interactive.size + this.batch.size;
  }

  queueOf({ isBatch }: A): RoundRobin<A> {
    return isBatch ? this.batch : this.interactive;
  }
}

/** So many of a lane may pass its batch before one of that has its turn. */
const MOST_PASSING = 4;

/**
 * Whose turn it is: clients one after the other; in each lane, what somebody waits for goes before the batch. One client may take a multiple
 * of what is left free, of the places and of the queue: so some is always left for the next client, and the fewer clients there are, the
 * more each has. Pure: it tells who may start, and is told what ends.
 */
export class Lanes<A extends Asker> {
  readonly #limits: LaneLimits;
  /** Those with something that runs or waits; the one that has waited longest for its turn first. */
  readonly #lanes = new Map<string, Lane<A>>();

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#lanes.values().reduce((sum, lane) => sum + lane.running, 0);
  }

  get waiting(): number {
    return this.#lanes.values().reduce((sum, lane) => sum + lane.waiting, 0);
  }

  of(client: string): Readonly<Pick<Lane<A>, "running" | "runningBatch" | "waiting">> {
    return this.#lanes.get(client) ?? new Lane<A>();
  }

  /** Whether so many of the kind would all be taken, if they came now. */
  hasRoom({ client, isBatch }: Asker, count = 1): boolean {
    const { running, runningBatch, waiting } = this.of(client);
    const own = { running, runningBatch, waiting };
    const all = { running: this.running, waiting: this.waiting };
    for (let n = 0; n < count; n++) {
      if (own.waiting === 0 && this.#mayStart(own, isBatch, all)) {
        own.running++;
        own.runningBatch += isBatch ? 1 : 0;
        all.running++;
      } else if (own.waiting < this.#limits.maxWaiting - all.waiting) {
        own.waiting++;
        all.waiting++;
      } else return false;
    }
    return true;
  }

  /** Lets it wait for its turn, which may have come already: see {@link next}. */
  add(asker: A): void {
    const lane = this.#laneOf(asker.client);
    lane.queueOf(asker).add(asker.kind, asker);
  }

  /** The next that starts, from now on; undefined: nobody who waits may. */
  next(): Started<A> | undefined {
    const { running } = this;
    for (const [client, lane] of this.#lanes) {
      const asker = this.#startable(lane, running);
      if (asker === undefined) continue;
      lane.queueOf(asker).remove(asker.kind, asker);
      lane.passedBatch = asker.isBatch || lane.batch.size === 0 ? 0 : lane.passedBatch + 1;
      this.#lanes.delete(client);
      this.#lanes.set(client, lane);
      return { asker, beside: this.#run(lane, asker) };
    }
    return undefined;
  }

  /** Starts one out of turn, if a place is free at all; undefined otherwise. */
  startNow(asker: A): Started<A> | undefined {
    if (this.running >= this.#limits.places) return undefined;
    return { asker, beside: this.#run(this.#laneOf(asker.client), asker) };
  }

  /** It does not wait any more. */
  leave(asker: A): void {
    const lane = this.#lanes.get(asker.client);
    if (lane === undefined || !lane.queueOf(asker).remove(asker.kind, asker)) return;
    this.#forgetIfIdle(asker.client, lane);
  }

  /** It does not run any more. */
  end({ client, isBatch }: A): void {
    const lane = this.#lanes.get(client);
    if (lane === undefined) return;
    lane.running--;
    if (isBatch) lane.runningBatch--;
    this.#forgetIfIdle(client, lane);
  }

  #run(lane: Lane<A>, { isBatch }: A): number {
    if (isBatch) lane.runningBatch++;
    return lane.running++;
  }

  #startable(lane: Lane<A>, running: number): A | undefined {
    const { interactive, batch, passedBatch } = lane;
    const isOverdue = passedBatch >= MOST_PASSING;
    const may = (asker: A | undefined) =>
      asker && this.#mayStart(lane, asker.isBatch, { running, isOverdue }) ? asker : undefined;
    return isOverdue ? (may(batch.first) ?? may(interactive.first)) : (may(interactive.first) ?? may(batch.first));
  }

  #mayStart(
    lane: Pick<Lane<A>, "running" | "runningBatch">,
    isBatch: boolean,
    { running, isOverdue = false }: { running: number; isOverdue?: boolean },
  ): boolean {
    const { places, kept } = this.#limits;
    const free = places - running;
    if (free <= 0 || lane.running === 0) return free > 0;
    // Alone, a client comes to all places but those that are kept; beside others, to its part of them.
    const isWithin = (own: number, kept: number, free: number) => own * kept < (places - kept) * free;
    // The batches of several clients leave a place, too.
    const freeForBatch = isOverdue ? free : free - kept.fromClient;
    return (
      isWithin(lane.running, kept.fromClient, free) &&
      (!isBatch || isWithin(lane.runningBatch, kept.fromBatch, freeForBatch))
    );
  }

  #laneOf(client: string): Lane<A> {
    const known = this.#lanes.get(client);
    if (known) return known;
    const lane = new Lane<A>();
    this.#lanes.set(client, lane);
    return lane;
  }

  #forgetIfIdle(client: string, lane: Lane<A>): void {
    if (lane.running === 0 && lane.waiting === 0) this.#lanes.delete(client);
  }
}

/** As whose, and as what, a request waits. What goes on with a conversation, or is read as it is written, somebody waits for. */
export function askerOf({ system, turns }: ChatRequest, { client = "", isStreamed = false }: Asking): Asker {
  return { client, kind: system, isBatch: turns.length === 1 && !isStreamed };
}

/** As what a count waits: programs count before they ask. */
export function askerOfCount(client: string): Asker {
  return { client, kind: "count", isBatch: false };
}

/** What one client cannot take of so many places: of few, there is none to spare. */
export function keptPlaces(places: number): LaneLimits["kept"] {
  return { fromClient: places < 4 ? 0 : 1, fromBatch: Math.max(0, Math.min(2, places - 2)) };
}

/** What waits, by kinds: each kind has its turn, and of one kind what came first. */
class RoundRobin<T> {
  /** The kind whose turn is next first. */
  readonly #byKind = new Map<string, T[]>();

  get size(): number {
    return this.#byKind.values().reduce((sum, items) => sum + items.length, 0);
  }

  get first(): T | undefined {
    for (const [first] of this.#byKind.values()) return first;
    return undefined;
  }

  add(kind: string, item: T): void {
    this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), item]);
  }

  /** Takes one out. It was its kind's turn where it was the first of that. False: it was not there. */
  remove(kind: string, item: T): boolean {
    const items = this.#byKind.get(kind) ?? [];
    const at = items.indexOf(item);
    if (at === -1) return false;
    const rest = items.toSpliced(at, 1);
    if (rest.length === 0 || at === 0) this.#byKind.delete(kind);
    if (rest.length > 0) this.#byKind.set(kind, rest);
    return true;
  }
}
