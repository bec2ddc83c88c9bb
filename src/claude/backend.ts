import type {
  Asking,
  Backend,
  BackendHealth,
  CountRequest,
  Model,
  PlanLimits,
  RunOptions,
  TokenCount,
  Unmet,
} from "../core/backend.ts";
import { withoutRepeat } from "../core/continuation.ts";
import { ApiError, reasonOf, toApiError } from "../core/error.ts";
import type { ChatEvent } from "../core/event.ts";
import type { ChatRequest } from "../core/request.ts";
import { hasThinking } from "../core/thinking.ts";
import type { Logger } from "../observability/logger.ts";
import type { InstallationMonitor } from "./cli/installation-monitor.ts";
import type { TokenCounter } from "./count/token-counter.ts";
import { healthOf } from "./health.ts";
import type { ModelCatalog } from "./models/catalog.ts";
import { withPausesOver } from "./paused-turns.ts";
import type { PlanGuard } from "./plan/plan-guard.ts";
import type { PlanReader } from "./plan/plan-reader.ts";
import { fitToModel } from "./pool/fit-model.ts";
import { type OutputWays, withExactIntegers } from "./pool/output-ways.ts";
import { profileOf, settingsOf } from "./pool/profile.ts";
import type { Worker } from "./pool/worker.ts";
import type { WorkerPool } from "./pool/worker-pool.ts";
import type { Abilities } from "./probe/abilities.ts";
import { askerOf } from "./queue/lanes.ts";
import type { Place, TurnQueue } from "./queue/turn-queue.ts";
import { adaptOutputSchema } from "./schemas/output-schema.ts";
import { remedyOf, withSecondTry } from "./second-try.ts";
import type { Restorer } from "./session/restorer.ts";
import { restorableTurns, type ServedConversations, settingOf } from "./session/served-conversations.ts";
import { clientClosed, openStay, type Stay, servedAs, type Try, whyAborted } from "./stay.ts";
import { KnownThinking } from "./thinking/known-thinking.ts";
import type { TurnRun } from "./turn/turn-run.ts";

export type ClaudeBackendOptions = {
  readonly monitor: InstallationMonitor;
  readonly pool: WorkerPool;
  readonly queue: TurnQueue;
  readonly guard: PlanGuard;
  readonly planReader: PlanReader;
  readonly catalog: ModelCatalog;
  readonly logger: Logger;
  readonly household: { open(): Promise<void>; close(): Promise<void> };
  readonly rebinding: Abilities;
  readonly restorer: Restorer;
  readonly served: ServedConversations;
  readonly counter: TokenCounter;
  readonly outputs: OutputWays;
  /** Called when there is a conversation with this model that it would pay to restore. */
  readonly onWorthRestoring: (model: string) => void;
  /** A turn that says nothing for so long is given up. */
  readonly silenceTimeoutMs: number;
  /** Adds to an error of a process what is known of its cause. */
  readonly explain: (error: ApiError) => ApiError;
};

/** Serves completions from `claude` processes. `create-backend.ts` puts one together. */
export class ClaudeBackend implements Backend {
  readonly #options: ClaudeBackendOptions;
  readonly #ending = new AbortController();
  readonly #thinking = new KnownThinking();

  constructor(options: ClaudeBackendOptions) {
    this.#options = options;
  }

  /** Looks at the installation and starts the first process. Never throws: what is wrong shows in {@link health}. */
  async start(): Promise<void> {
    const { household, monitor, pool } = this.#options;
    await household.open();
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
    const { monitor, pool, rebinding, restorer, counter, household } = this.#options;
    await Promise.all([monitor.close(), pool.close(), rebinding.close(), restorer.close(), counter.close()]);
    await household.close();
  }

  async *run(request: ChatRequest, client: AbortSignal, options: RunOptions = {}): AsyncGenerator<ChatEvent> {
    const stay = openStay(request, client, options, { ...this.#options, ending: this.#ending.signal });
    const answer = withPausesOver(request, (asked) => this.#runTwice(asked, stay));
    const events = withExactIntegers(answer, request.outputFormat);
    yield* request.continues === undefined ? events : withoutRepeat(events, request.continues);
  }

  #runTwice(request: ChatRequest, stay: Stay): AsyncIterable<ChatEvent> {
    let fresh = false;
    return withSecondTry(
      () => this.#runAdmitted(request, stay, fresh),
      (error) => {
        const remedy = remedyOf(request, error, { ...this.#options, thinking: this.#thinking });
        fresh = remedy === "fresh";
        return remedy !== undefined;
      },
    );
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
      throw await this.#learnFrom(problem);
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
    const { catalog, outputs } = this.#options;
    const { facts, effort, name } = catalog.presume(request.model);
    const { unmet } = fitToModel({ ...request, effort: request.effort ?? effort }, facts);
    if (!catalog.isLoaded || name === undefined || !hasThinking(request.turns)) return unmet;
    const { promptKey: setting } = profileOf(request, outputs.of(request, { name, facts }));
    const { lacks } = this.#thinking.usable(request.turns, { model: catalog.apiId(name), setting });
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

  health(): BackendHealth {
    return healthOf(this.#options);
  }

  limits(): PlanLimits {
    return this.#options.guard.limits;
  }

  readLimits(): Promise<void> {
    return this.#options.planReader.look();
  }

  async *#runAdmitted(request: ChatRequest, stay: Stay, fresh: boolean): AsyncGenerator<ChatEvent> {
    let place: Place | undefined;
    try {
      place = await stay.enter();
      yield* this.#runTurn(request, { ...stay, fresh, place });
    } catch (error) {
      place?.leave();
      yield { type: "error", error: stay.signal.aborted ? stay.whyAborted() : toApiError(error) };
    }
  }

  async *#runTurn(request: ChatRequest, { whyAborted, ...asked }: Stay & Try): AsyncGenerator<ChatEvent> {
    const { worker, turn, learnThinking } = await this.#ask(request, asked);
    const { signal, place } = asked;
    const onAbort = () => turn.cancel(whyAborted());
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const wantedCall = worker.settings?.wantedCall;
    this.#settle(worker, turn, place);
    try {
      for await (const event of turn.events) {
        if (wantedCall && event.type === "finish" && event.reason.unified !== "tool-calls") {
          this.#options.logger.debug("the model did not call a tool, though it was asked to", { model: request.model });
        }
        if (event.type === "response-start") this.#options.pool.answered(worker);
        if (event.type === "response-start") this.#options.restorer.answered();
        learnThinking(event);
        const told = event.type === "error" ? { ...event, error: await this.#learnFrom(event.error) } : event;
        yield this.#options.guard.follow(told, request.model);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      // Reached early when the reader stops reading; a turn that is over takes no notice.
      turn.cancel(clientClosed());
    }
  }

  /** Asks in a process that remembers the conversation, if there is one; whatever goes wrong there is made good in a fresh one. */
  async #ask(request: ChatRequest, asked: Try) {
    const { signal } = asked;
    try {
      return await this.#askIn(request, asked);
    } catch (error) {
      if (error instanceof ApiError || signal.aborted) throw error;
      this.#options.logger.warn("starting over in a fresh process", { reason: reasonOf(error) });
      await this.#options.monitor.ensure();
      return await this.#askIn(request, { ...asked, fresh: true }).catch((again: unknown) => {
        if (again instanceof ApiError || signal.aborted) throw again;
        const message = `The Claude CLI did not take the request: ${reasonOf(again)}`;
        throw new ApiError("cli_failed", message, { cause: again });
      });
    }
  }

  async #askIn(request: ChatRequest, { signal, fresh, onServed, onSpent, place: { leaves } }: Try) {
    const { pool, catalog, restorer, served, outputs, silenceTimeoutMs, logger } = this.#options;
    // Only a process that is up has told which models there are.
    if (!catalog.isLoaded) await pool.ensureReady();
    const resolved = catalog.resolve(request.model);
    const { name: model, facts, effort } = resolved;
    const output = outputs.of(request, resolved);
    const profile = profileOf(request, output);
    const settings = settingsOf({ ...request, effort: request.effort ?? effort }, profile, facts, output);
    const [modelId, setting] = [catalog.apiId(model), profile.promptKey];
    const { turns, ...bound } = this.#thinking.usable(request.turns, { model: modelId, setting });
    const isCached = () => served.has(settingOf(profile, model, settings), turns.slice(0, -1));
    const isAwaited = () => restorer.isAwaited(model);
    const demand = { profile, model, turns, settings, isCached, isAwaited, leaves, ...bound };
    const { worker, keep, resume, how, ownIds } = await pool.lease(demand, { fresh, signal });
    if (signal.aborted) {
      pool.release(worker);
      throw signal.reason;
    }
    onServed(servedAs({ how, keep, worker }));
    const results = turns.at(-1)?.content.filter(({ type }) => type === "tool-result").length;
    logger.debug("served", { how, keep, of: turns.length - 1, results, output: output?.type, pid: worker.pid });
    const abandon = () => void worker.terminate();
    signal.addEventListener("abort", abandon, { once: true });
    try {
      // What the API sees to is text like any other.
      const delivery = output?.type === "tool" ? request.outputFormat?.delivery : undefined;
      const told = { model, modelId, thinking: facts.thinking, delivery, keep, ownIds, onSpent, silenceTimeoutMs };
      const ask = { profile, turns, settings, ...told };
      const turn = await (resume ? worker.resume(ask) : worker.ask(ask));
      return { worker, turn, learnThinking: this.#thinking.learner(setting, request.turns, worker.transcript) };
    } catch (error) {
      pool.discard(worker);
      throw error;
    } finally {
      signal.removeEventListener("abort", abandon);
    }
  }

  /** Gives the process and the place back once the turn is really over, which may be after the client has its answer. */
  #settle(worker: Worker, turn: TurnRun, place: Place): void {
    void turn.outcome.then((outcome) => {
      if (outcome === "clean" || outcome === "parked") this.#remember(worker);
      if (outcome === "dead") this.#options.pool.discard(worker);
      else this.#options.pool.release(worker);
      place.leave();
      this.#options.pool.refill();
    });
  }

  /** Keeps in mind what is worth telling another process as this one knows it, were it gone. */
  #remember(worker: Worker): void {
    const restorable = restorableTurns(worker);
    if (restorable === undefined) return;
    if (restorable.isCached) this.#options.served.add(restorable.setting, restorable.turns);
    this.#options.onWorthRestoring(restorable.model);
  }

  /** A failure that is about the installation, not the request, makes the server look at it again. Resolves with what to tell of it. */
  async #learnFrom(failure: ApiError): Promise<ApiError> {
    const error = this.#options.explain(failure);
    if (error.code !== "cli_logged_out" && error.code !== "login_refused") return error;
    for (const part of [this.#options.pool, this.#options.counter, this.#options.restorer]) part.reset();
    return error.code === "cli_logged_out" ? await this.#options.monitor.doubtLogin(error) : error;
  }
}
