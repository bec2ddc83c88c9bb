import { ApiError } from "../../core/error.ts";
import type { Logger } from "../../observability/logger.ts";
import type { ReportedModel } from "../protocol/messages.ts";
import type { Restored } from "../session/restorer.ts";
import type { Demand } from "./policy.ts";
import type { Worker } from "./worker.ts";

export type Starter = {
  /** Starts a process, with the model that the next request will probably name, or with a conversation and its model. */
  readonly startWorker: (likelyModel: string | undefined, restored?: Restored) => Worker;
  /** Called with what each new process reports. */
  readonly onModels: (models: readonly ReportedModel[]) => void;
  readonly logger: Logger;
};

export type StartListener = {
  /** What the next request will probably ask for. */
  likely(): Demand | undefined;
  /** Whether somebody waits for a process: then it is handed over as soon as it is up. */
  isWanted(): boolean;
  onReady(worker: Worker): void;
  /** One that was started for anyone did not come up. */
  onFailed(problem: unknown): void;
  /** One that was started for anyone came up, but could not be made ready, and is ended. */
  onUnprepared(): void;
  /** A process is being ended. */
  onEnd(ended: Promise<void>): void;
  onExit(worker: Worker): void;
};

export type StartWaiter = { readonly resolve: (worker: Worker) => void; readonly reject: (error: unknown) => void };

/** The processes that are starting: up, and, unless somebody waits for them, made ready. */
export class WorkerStarts {
  readonly #options: Starter;
  readonly #listener: StartListener;
  /** Those that are started for one request have it to tell. */
  readonly #starting = new Map<Worker, StartWaiter | undefined>();
  /** Those that are up and being made ready. */
  readonly #preparing = new Set<Worker>();
  readonly #bootWaiters: StartWaiter[] = [];
  #problem: ApiError | undefined;
  #whyClosed: ApiError | undefined;

  constructor(options: Starter, listener: StartListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get size(): number {
    return this.#starting.size + this.#preparing.size;
  }

  /** Those that whoever comes first will get. */
  get forAnyone(): number {
    return [...this.#starting.values()].filter((waiter) => waiter === undefined).length + this.#preparing.size;
  }

  /** Why the latest boot failed, as long as none has succeeded since. */
  get problem(): ApiError | undefined {
    return this.#problem;
  }

  /** Starts one for anyone. False when it could not even be started; the listener has been told. */
  start(): boolean {
    return this.#start(undefined, () => this.#options.startWorker(this.#listener.likely()?.model));
  }

  /** Starts one that nobody else gets. Who it is for is told as it comes up: between two owners nobody would count or end it. */
  startFor(waiter: StartWaiter, model: string, restored?: Restored): void {
    this.#start(waiter, () => this.#options.startWorker(model, restored));
  }

  /** Resolves when the next one is up; rejects when it does not come up. */
  async anyBooted(): Promise<void> {
    await new Promise<Worker>((resolve, reject) => {
      this.#bootWaiters.push({ resolve, reject });
      if (this.#starting.size === 0) this.start();
    });
  }

  /** Ends those that nobody waits for by name: they were started from what was installed, or logged in, before. */
  discardSpares(): void {
    const spares = [...this.#starting].flatMap(([worker, waiter]) => (waiter === undefined ? worker : []));
    for (const worker of [...spares, ...this.#preparing]) {
      this.#starting.delete(worker);
      this.#preparing.delete(worker);
      this.#listener.onEnd(worker.terminate());
    }
    if (this.#bootWaiters.length > 0 && this.#starting.size === 0) this.start();
  }

  close(why: ApiError): void {
    this.#whyClosed = why;
    for (const { reject } of this.#bootWaiters.splice(0)) reject(why);
    for (const waiter of this.#starting.values()) waiter?.reject(why);
    for (const worker of [...this.#starting.keys(), ...this.#preparing]) this.#listener.onEnd(worker.terminate());
  }

  #start(waiter: StartWaiter | undefined, startWorker: () => Worker): boolean {
    let worker: Worker;
    try {
      worker = startWorker();
    } catch (error) {
      this.#tellFailure(error, waiter);
      return false;
    }
    this.#starting.set(worker, waiter);
    worker.booted.then(
      (models) => this.#booted(worker, models, waiter),
      (error) => this.#failedToBoot(worker, error, waiter),
    );
    void worker.exited.then(() => this.#listener.onExit(worker));
    return true;
  }

  #booted(worker: Worker, models: readonly ReportedModel[], waiter: StartWaiter | undefined): void {
    if (!this.#starting.delete(worker)) return;
    this.#options.onModels(models);
    this.#problem = undefined;
    // Those who wait for it to be up ask for a process next.
    const isAwaited = this.#bootWaiters.length > 0 || this.#listener.isWanted();
    for (const { resolve } of this.#bootWaiters.splice(0)) resolve(worker);
    if (this.#whyClosed) this.#listener.onEnd(worker.close());
    else if (waiter) waiter.resolve(worker);
    // A schema of structured output can only be given to a process that is not initialised.
    else if (isAwaited || this.#listener.likely()?.profile.outputSchema) this.#listener.onReady(worker);
    else void this.#prepare(worker);
  }

  async #prepare(worker: Worker): Promise<void> {
    this.#preparing.add(worker);
    const failure = await worker.prepare().then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    );
    if (!this.#preparing.delete(worker) || this.#whyClosed) return;
    if (failure === undefined) {
      this.#listener.onReady(worker);
      return;
    }
    this.#options.logger.warn("a new process could not be made ready", { pid: worker.pid, reason: failure });
    this.#listener.onEnd(worker.terminate());
    this.#listener.onUnprepared();
  }

  #failedToBoot(worker: Worker, cause: unknown, waiter: StartWaiter | undefined): void {
    if (!this.#starting.delete(worker)) return;
    this.#listener.onEnd(worker.terminate());
    if (this.#whyClosed) return;
    const reason = reasonOf(cause);
    const problem = new ApiError("cli_failed", `The Claude CLI did not start: ${reason}`, { cause });
    const level = problem.message === this.#problem?.message ? "debug" : "error";
    this.#options.logger[level]("claude did not start", { pid: worker.pid, reason });
    this.#problem = problem;
    this.#tellFailure(problem, waiter);
  }

  #tellFailure(problem: unknown, waiter: StartWaiter | undefined): void {
    for (const { reject } of this.#bootWaiters.splice(0)) reject(problem);
    waiter?.reject(problem);
    if (waiter === undefined) this.#listener.onFailed(problem);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
