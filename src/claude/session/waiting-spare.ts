import type { CliArguments } from "../cli/invocation.ts";
import type { CliProcess } from "../process/cli-process.ts";
import type { TranscriptFolder, TranscriptPlace } from "./transcript-folder.ts";

/** What is settled when a process starts; all else is told later. */
export type SpareTarget = {
  /** The CLI. */
  readonly path: string;
  readonly version: string;
  /** As the CLI is told. Some versions tell the conversation of a model that is named later. */
  readonly model: string;
};

/** A process that goes on as soon as its transcript is there. */
export type Spare = {
  readonly process: CliProcess;
  readonly place: TranscriptPlace;
  /** The uuid that the last answer of its transcript has to have. */
  readonly at: string;
};

export type WaitingSpareOptions = {
  readonly folder: TranscriptFolder;
  readonly start: (target: SpareTarget, resume: CliArguments["resume"]) => CliProcess;
  /** Keeps room for a process, until the returned function is called, or it is retired. Undefined: there is none. */
  readonly keepRoom: (guest: { readonly isResting: boolean; retire(): void }) => (() => void) | undefined;
  /** How long it waits after a conversation was last restored. */
  readonly idleMs: number;
  /** How long after that one is started, unless `start` is called before: the conversation is to be answered first. */
  readonly delayMs?: number;
};

type Waiting = Spare & { readonly target: SpareTarget; readonly giveRoomBack: () => void };

const DELAY_MS = 1_000;

/**
 * Holds at most one process that has come up as far as a CLI does without its transcript. The next conversation to be restored takes it: that
 * is three times as fast as a start. There is none where nothing was restored lately.
 */
export class WaitingSpare {
  readonly #options: WaitingSpareOptions;
  #waiting: Waiting | undefined;
  /** What one is to be started for. */
  #wanted: SpareTarget | undefined;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #ending = new Set<Promise<unknown>>();
  #isClosed = false;
  /** How often: what was begun before is not to be started any more. */
  #discarded = 0;

  constructor(options: WaitingSpareOptions) {
    this.#options = options;
  }

  /** A conversation had to be restored: so may the next. */
  want(target: SpareTarget): void {
    if (this.#isClosed) return;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.discard(), this.#options.idleMs).unref();
    clearTimeout(this.#startTimer);
    this.#wanted = this.#isFor(target) ? undefined : target;
    this.#startTimer = setTimeout(() => this.start(), this.#options.delayMs ?? DELAY_MS).unref();
  }

  /** There is time to start what is wanted. */
  start(): void {
    const target = this.#wanted;
    this.#wanted = undefined;
    if (target) this.#track(this.#replace(target));
  }

  /** That of the process that waits, if one does. */
  get model(): string | undefined {
    return this.#waiting?.target.model;
  }

  /** Hands the process over, if there is one for this. */
  take(target: SpareTarget): Spare | undefined {
    const waiting = this.#waiting;
    if (waiting === undefined || !this.#isFor(target)) return undefined;
    this.#waiting = undefined;
    waiting.giveRoomBack();
    return waiting;
  }

  /** Ends it, and starts no other until a conversation is restored again. */
  discard(): void {
    this.#wanted = undefined;
    this.#discarded++;
    clearTimeout(this.#idleTimer);
    this.#end();
  }

  /** Resolves when none is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.discard();
    await Promise.all(this.#ending);
  }

  #isFor({ path, version, model }: SpareTarget): boolean {
    const { process, target } = this.#waiting ?? {};
    if (process === undefined || process.death !== undefined) return false;
    return target?.path === path && target.version === version && target.model === model;
  }

  async #replace(target: SpareTarget): Promise<void> {
    this.#end();
    const discarded = this.#discarded;
    // Where none waits at its place, none can be started ahead.
    const place = await this.#options.folder.makePlace().catch(() => undefined);
    if (place === undefined) return;
    const isWanted = place.waits && !this.#isClosed && discarded === this.#discarded;
    if (!isWanted || !this.#startAt(place, target)) await place.remove();
  }

  /** False: there is no room, or it does not start, which whoever needs a process next will hear of. */
  #startAt(place: TranscriptPlace, target: SpareTarget): boolean {
    const giveRoomBack = this.#options.keepRoom({ isResting: true, retire: () => this.#end() });
    if (giveRoomBack === undefined) return false;
    const at = crypto.randomUUID();
    try {
      const process = this.#options.start(target, { path: place.path, at });
      const waiting = { process, place, at, target, giveRoomBack };
      this.#waiting = waiting;
      void process.exited.then(() => {
        if (this.#waiting === waiting) this.#end();
      });
      return true;
    } catch {
      giveRoomBack();
      return false;
    }
  }

  #end(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    waiting.giveRoomBack();
    // It does not listen: the end of its input would not reach it.
    this.#track(Promise.all([waiting.process.terminate(), waiting.place.remove()]));
  }

  #track(work: Promise<unknown>): void {
    this.#ending.add(work);
    void work.finally(() => this.#ending.delete(work));
  }
}
