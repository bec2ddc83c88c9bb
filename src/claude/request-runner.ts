import { addAbortListener } from "node:events";
import type { RunOptions } from "../core/backend.ts";
import { withoutRepeat } from "../core/continuation.ts";
import { ApiError, reasonOf, shuttingDown, toApiError } from "../core/error.ts";
import type { ChatEvent } from "../core/event.ts";
import { Pace } from "../core/pace.ts";
import type { ChatRequest } from "../core/request.ts";
import type { Served, Spending } from "../core/turn-record.ts";
import type { Logger } from "../observability/logger.ts";
import type { InstallationMonitor } from "./cli/installation-monitor.ts";
import type { TokenCounter } from "./count/token-counter.ts";
import type { ModelCatalog } from "./models/catalog.ts";
import { withPausesOver } from "./paused-turns.ts";
import type { PlanGuard } from "./plan/plan-guard.ts";
import type { Lease } from "./pool/lease.ts";
import { type OutputMethods, withExactIntegers } from "./pool/output-methods.ts";
import { profileOf } from "./pool/profile.ts";
import { settingsOf } from "./pool/request-settings.ts";
import type { Worker } from "./pool/worker.ts";
import type { WorkerPool } from "./pool/worker-pool.ts";
import { askerOf } from "./queue/lanes.ts";
import type { Place, TurnQueue } from "./queue/turn-queue.ts";
import { remedyOf, withSecondTry } from "./second-try.ts";
import { type Restorer, UnplacedThinking } from "./session/restorer.ts";
import { restorableTurns, type ServedConversations, settingOf } from "./session/served-conversations.ts";
import type { KnownThinking } from "./thinking/known-thinking.ts";
import type { TurnRun } from "./turn/turn-run.ts";

export type RequestRunnerOptions = {
  readonly monitor: InstallationMonitor;
  readonly pool: WorkerPool;
  readonly queue: TurnQueue;
  readonly guard: PlanGuard;
  readonly catalog: ModelCatalog;
  readonly logger: Logger;
  readonly restorer: Restorer;
  readonly served: ServedConversations;
  readonly thinking: KnownThinking;
  readonly counter: TokenCounter;
  readonly outputs: OutputMethods;
  /** Called when there is a conversation with this model that it would pay to restore. */
  readonly onWorthRestoring: (model: string) => void;
  /** A turn that says nothing for so long is given up. */
  readonly silenceTimeoutMs: number;
  /** Adds to an error of a process what is known of its cause. */
  readonly explain: (error: ApiError) => ApiError;
};

/** A request, until it is answered: what ends it early, how it gets a place, each time that it asks, and who is told of it. */
type Run = {
  readonly signal: AbortSignal;
  readonly whyAborted: () => ApiError;
  readonly takePlace: () => Promise<Place>;
  readonly onServed: (how: Served) => void;
  readonly onSpent: (spent: Spending) => void;
};

/** One attempt to answer it: in the place that it has, and whether in a process that is started for it. */
type Attempt = Pick<Run, "signal" | "onServed" | "onSpent"> & { readonly place: Place; readonly fresh: boolean };

/** Runs requests in the pool's processes, from their coming to the end of their answers. */
export class RequestRunner {
  readonly #options: RequestRunnerOptions;
  readonly #ending: AbortSignal;

  /** `ending` aborts when the server ends what runs. */
  constructor(options: RequestRunnerOptions, ending: AbortSignal) {
    this.#options = options;
    this.#ending = ending;
  }

  /** Whoever had a place once is next in line when it asks again. */
  async *run(
    request: ChatRequest,
    client: AbortSignal,
    { onAdmitted, onServed = () => {}, onSpent = () => {}, ...asking }: RunOptions,
  ): AsyncGenerator<ChatEvent> {
    const { monitor, queue, guard } = this.#options;
    const signal = AbortSignal.any([client, this.#ending]);
    const asker = askerOf(request, asking);
    let isAgain = false;
    const takePlace = async () => {
      await monitor.ensure();
      // Whoever had a place goes on with an answer that has begun.
      if (isAgain) return await queue.enter(asker, signal, { isAgain });
      for (;;) {
        const admitted = await guard.admit(request.model, signal, onAdmitted);
        const place = await queue.enter(asker, signal, { onAdmitted });
        isAgain = admitted === "probe" || guard.isOpen(request.model);
        if (isAgain) return place;
        // Something was learnt while it waited.
        place.leave();
      }
    };
    const run: Run = { signal, whyAborted: () => whyAborted(client), takePlace, onServed, onSpent };
    const answer = withPausesOver(request, (asked) =>
      withSecondTry(
        (fresh) => this.#runAdmitted(asked, run, fresh),
        (error) => remedyOf(asked, error, this.#options),
      ),
    );
    const events = withExactIntegers(answer, request.outputFormat);
    yield* request.continues === undefined ? events : withoutRepeat(events, request.continues);
  }

  async *#runAdmitted(request: ChatRequest, run: Run, fresh: boolean): AsyncGenerator<ChatEvent> {
    let place: Place | undefined;
    try {
      place = await run.takePlace();
      yield* this.#runTurn(request, { ...run, fresh, place });
    } catch (error) {
      place?.leave();
      yield { type: "error", error: run.signal.aborted ? run.whyAborted() : toApiError(error) };
    }
  }

  async *#runTurn(request: ChatRequest, { whyAborted, ...asked }: Run & Attempt): AsyncGenerator<ChatEvent> {
    const { worker, turn, learnThinking } = await this.#ask(request, asked);
    const { signal, place } = asked;
    using _cancelling = addAbortListener(signal, () => turn.cancel(whyAborted()));
    const wantedCall = worker.settings?.wantedCall;
    this.#settle(worker, turn, place);
    try {
      for await (const event of turn.events) {
        if (wantedCall && event.type === "finish" && event.reason.unified !== "tool-calls") {
          this.#options.logger.debug("the model did not call a tool, though it was asked to", { model: request.model });
        }
        if (event.type === "response-start") {
          this.#options.pool.answered(worker);
          this.#options.restorer.answered();
        }
        const learning = learnThinking(event);
        if (learning) await learning;
        const told = event.type === "error" ? { ...event, error: await this.learnFrom(event.error) } : event;
        yield this.#options.guard.follow(told, request.model);
      }
    } finally {
      // Reached early when the reader stops reading; a turn that is over takes no notice.
      turn.cancel(clientClosed());
    }
  }

  /** Asks in a process that remembers the conversation, if there is one; whatever goes wrong there is made good in a fresh one. */
  async #ask(request: ChatRequest, asked: Attempt) {
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

  /** Asks; without what was thought, where nobody knows how the process would have to be told of it. */
  async #askIn(request: ChatRequest, attempt: Attempt) {
    try {
      return await this.#askWith(request, attempt);
    } catch (error) {
      if (!(error instanceof UnplacedThinking)) throw error;
      const { thinking, logger } = this.#options;
      logger.warn("asking without what was thought before", { model: request.model, reason: error.message });
      thinking.refuse(request.turns);
      return await this.#askWith(request, attempt);
    }
  }

  async #askWith(request: ChatRequest, { signal, fresh, onServed, onSpent, place: { leaves } }: Attempt) {
    const { pool, catalog, restorer, served, outputs, silenceTimeoutMs, logger } = this.#options;
    // Only a process that is up has told which models there are.
    if (!catalog.isLoaded) await pool.ensureReady();
    const pace = new Pace(performance.now());
    const resolved = catalog.resolve(request.model);
    const { name: model, facts, effort } = resolved;
    const output = outputs.of(request, resolved);
    const profile = profileOf(request, output, facts);
    const settings = settingsOf({ ...request, effort: request.effort ?? effort }, profile, facts, output);
    const [modelId, setting] = [catalog.apiId(model), profile.promptKey];
    // Each of these looks at all turns, as does who chooses a process.
    await pace.giveWay();
    const { turns, ...bound } = this.#options.thinking.usable(request.turns, { model: modelId, setting });
    await pace.giveWay();
    signal.throwIfAborted();
    const isCached = () => served.has(settingOf(profile, model, settings), turns.slice(0, -1));
    const isAwaited = () => restorer.isAwaited(model);
    const demand = { profile, model, turns, settings, isCached, isAwaited, leaves, ...bound };
    const { worker, keep, how, ownIds } = await pool.lease(demand, { fresh, signal });
    if (signal.aborted) {
      pool.release(worker);
      throw signal.reason;
    }
    onServed(servedAs({ how, keep, worker }));
    const results = turns.at(-1)?.content.filter(({ type }) => type === "tool-result").length;
    logger.debug("served", { how, keep, of: turns.length - 1, results, output: output?.type, pid: worker.pid });
    using _abandoning = addAbortListener(signal, () => void worker.terminate());
    try {
      // What the API sees to is text like any other.
      const delivery = output?.type === "tool" ? request.outputFormat?.delivery : undefined;
      const told = { model, modelId, thinking: facts.thinking, delivery, keep, ownIds, onSpent, silenceTimeoutMs };
      const ask = { profile, turns, settings, ...told };
      const turn = await (how === "resume" ? worker.resume(ask) : worker.ask(ask));
      return { worker, turn, learnThinking: this.#options.thinking.learner(setting, request.turns, worker.transcript) };
    } catch (error) {
      pool.discard(worker);
      throw error;
    }
  }

  /** Gives the process and the place back once the turn is really over, which may be after the client has its answer. */
  #settle(worker: Worker, turn: TurnRun, place: Place): void {
    void turn.outcome.then((outcome) => {
      if (outcome === "clean" || outcome === "parked") void this.#remember(worker);
      if (outcome === "dead") this.#options.pool.discard(worker);
      else this.#options.pool.release(worker);
      place.leave();
    });
  }

  /** Keeps in mind what is worth telling another process as this one knows it, were it gone. */
  async #remember(worker: Worker): Promise<void> {
    const restorable = restorableTurns(worker);
    if (restorable === undefined) return;
    this.#options.onWorthRestoring(restorable.model);
    if (restorable.isCached) await this.#options.served.add(restorable.setting, restorable.turns);
  }

  /** A failure that is about the installation, not the request, makes the server look at it again. Resolves with what to tell of it. */
  async learnFrom(failure: ApiError): Promise<ApiError> {
    const error = this.#options.explain(failure);
    if (error.code !== "cli_logged_out" && error.code !== "login_refused") return error;
    for (const part of [this.#options.pool, this.#options.counter, this.#options.restorer]) part.reset();
    return error.code === "cli_logged_out" ? await this.#options.monitor.invalidateLogin(error) : error;
  }
}

/** What a lease means, before it is used: of what the process remembers, all is of use, its beginning, or nothing. */
function servedAs({ how, keep, worker }: Pick<Lease, "how" | "keep" | "worker">): Served {
  if (how !== "reuse") return how;
  if (keep === 0) return "rebind";
  return keep === worker.transcript.length ? "continue" : "rewind";
}

/** The signal that ends what runs is the client's, or the server's own. */
export function whyAborted(client: AbortSignal): ApiError {
  return client.aborted ? clientClosed() : shuttingDown();
}

function clientClosed(): ApiError {
  return new ApiError("client_closed", "The client closed the connection.");
}
