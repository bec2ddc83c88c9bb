import type {
  Asking,
  Backend,
  BackendHealth,
  CountRequest,
  Model,
  PlanLimits,
  ProcessState,
  RunOptions,
  TokenCount,
  Unmet,
} from "../core/backend.ts";
import { toApiError } from "../core/error.ts";
import type { ChatEvent } from "../core/event.ts";
import type { ChatRequest } from "../core/request.ts";
import { hasThinking } from "../core/turns.ts";
import type { PlanReader } from "./plan/plan-reader.ts";
import { profileOf } from "./pool/profile.ts";
import { fitToModel } from "./pool/request-settings.ts";
import type { Abilities } from "./probe/abilities.ts";
import { askerOf } from "./queue/lanes.ts";
import { RequestRunner, type RequestRunnerOptions, whyAborted } from "./request-runner.ts";
import { adaptOutputSchema } from "./schemas/output-schema.ts";
import { lacksStrict } from "./tools/strict-tools.ts";

export type ClaudeBackendOptions = RequestRunnerOptions & {
  readonly planReader: PlanReader;
  readonly rebinding: Abilities;
  /** What is made ready before the first process starts, and cleared away once the last has ended. */
  readonly housekeeping: { open(): Promise<void>; close(): Promise<void> };
};

/** Serves completions from `claude` processes. `create-backend.ts` puts one together. */
export class ClaudeBackend implements Backend {
  readonly #options: ClaudeBackendOptions;
  readonly #ending = new AbortController();
  readonly #runner: RequestRunner;

  constructor(options: ClaudeBackendOptions) {
    this.#options = options;
    this.#runner = new RequestRunner(options, this.#ending.signal);
  }

  /** Looks at the installation and starts the first process. Never throws: what is wrong shows in {@link health}. */
  async start(): Promise<void> {
    const { housekeeping, monitor, pool } = this.#options;
    await housekeeping.open();
    // A failure is logged by the monitor, which keeps looking; the pool tries again until there is something to start.
    await monitor.ensure().catch(() => {});
    pool.refill();
  }

  /** Begins what {@link close} does. */
  endRunning(): void {
    void this.close();
  }

  /** Ends what runs and what waits with an error that tells why, then all processes. Resolves when none is left. */
  async close(): Promise<void> {
    // First: a turn whose process is gone would blame that.
    this.#ending.abort();
    this.#options.guard.close();
    const { monitor, pool, rebinding, restorer, counter, housekeeping } = this.#options;
    await Promise.all([monitor.close(), pool.close(), rebinding.close(), restorer.close(), counter.close()]);
    await housekeeping.close();
  }

  run(request: ChatRequest, client: AbortSignal, options: RunOptions = {}): AsyncGenerator<ChatEvent> {
    return this.#runner.run(request, client, options);
  }

  async countTokens(request: CountRequest, leaving: AbortSignal, { client = "" }: Asking = {}): Promise<TokenCount> {
    const { monitor, pool, catalog, counter } = this.#options;
    const signal = AbortSignal.any([leaving, this.#ending.signal]);
    try {
      const installed = await monitor.ensure();
      if (!catalog.isLoaded) await pool.ensureReady();
      return await counter.count({ request, model: catalog.resolve(request.model).name, installed, client }, signal);
    } catch (error) {
      const problem = signal.aborted ? whyAborted(leaving) : toApiError(error);
      throw await this.#runner.learnFrom(problem);
    }
  }

  check(requests: readonly ChatRequest[], asking: Asking = {}): void {
    for (const request of new Set(requests)) {
      profileOf(request);
      if (request.outputFormat) adaptOutputSchema(request.outputFormat.schema);
      this.checkModel(request.model);
    }
    const [first] = requests;
    if (first) this.#options.queue.requireRoom(askerOf(first, asking), requests.length);
  }

  checkModel(name: string): void {
    if (this.#options.catalog.isLoaded) this.#options.catalog.resolve(name);
  }

  unmet(request: ChatRequest): readonly Unmet[] {
    const { catalog, outputs, thinking } = this.#options;
    const { facts, effort, name } = catalog.presume(request.model);
    const { unmet: unmetByModel } = fitToModel({ ...request, effort: request.effort ?? effort }, facts);
    const isStrict = request.tools.some(({ strict }) => strict);
    if (!isStrict && !hasThinking(request.turns)) return unmetByModel;
    const output = name === undefined ? undefined : outputs.of(request, { name, facts });
    const { promptKey: setting, tools } = profileOf(request, output, facts);
    const unmet: Unmet[] = [...unmetByModel, ...(lacksStrict(request.tools, tools) ? ["strict-tools" as const] : [])];
    if (!catalog.isLoaded || name === undefined || !hasThinking(request.turns)) return unmet;
    const { lacks } = thinking.usable(request.turns, { model: catalog.apiId(name), setting });
    return lacks ? [...unmet, "thinking"] : unmet;
  }

  models(): readonly Model[] {
    return this.#options.catalog.list();
  }

  model(name: string): Model {
    return this.#options.catalog.describe(name);
  }

  /** Resolves once a process has told which models the account has; {@link models} is complete from then on. */
  get modelsKnown(): Promise<void> {
    return this.#options.catalog.loaded;
  }

  /** The state as last seen. */
  health(): BackendHealth {
    const { monitor, pool, guard, queue } = this.#options;
    monitor.recheckIfReplaced();
    const { installation } = monitor;
    const problem = monitor.problem ?? pool.problem ?? guard.problem;
    return {
      status: problem ? "unavailable" : installation ? "ok" : "starting",
      problem: problem && { code: problem.code, message: problem.message },
      cli: installation && { path: installation.path, version: installation.version },
      login: installation?.login,
      workers: { ...pool.counts, queued: queue.waiting },
    };
  }

  /** The processes, for people. */
  processes(): readonly ProcessState[] {
    return this.#options.pool.processes;
  }

  limits(): PlanLimits {
    return this.#options.guard.limits;
  }

  readLimits(): Promise<void> {
    return this.#options.planReader.look();
  }
}
