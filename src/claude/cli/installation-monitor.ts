import { ApiError, toApiError } from "../../core/error.ts";
import type { Logger } from "../../observability/logger.ts";
import type { Installation } from "./installation.ts";

/** How often a broken installation is looked at again, so that the server recovers by itself. */
const RECHECK_MS = 3_000;
/** A request that finds the installation broken looks again at once, unless somebody just did. */
const FRESH_MS = 500;

export type MonitorOptions = {
  /** Looks at the installation; when the signal aborts, it ends what it started and rejects. */
  readonly inspect: (signal: AbortSignal) => Promise<Installation>;
  readonly logger: Logger;
  readonly recheckMs?: number;
  /** Whether somebody else tells what is wrong at the start; the log then tells what changes. */
  readonly announcesProblem?: boolean | undefined;
};

/** Knows whether the CLI can be used, and keeps looking while it cannot. */
export class InstallationMonitor {
  readonly #inspect: MonitorOptions["inspect"];
  readonly #logger: Logger;
  readonly #recheckMs: number;
  #isAnnounced: boolean;
  #installation: Installation | undefined;
  #problem: ApiError | undefined;
  #inspecting: Promise<Installation> | undefined;
  #lastLook = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #closing = new AbortController();

  constructor({ inspect, logger, recheckMs = RECHECK_MS, announcesProblem = false }: MonitorOptions) {
    this.#inspect = inspect;
    this.#logger = logger;
    this.#recheckMs = recheckMs;
    this.#isAnnounced = announcesProblem;
  }

  get installation(): Installation | undefined {
    return this.#installation;
  }
  get problem(): ApiError | undefined {
    return this.#problem;
  }

  /** The installation, looked at anew when it was not usable. Throws the ApiError that says what is wrong. */
  async ensure(): Promise<Installation> {
    if (this.#installation) return this.#installation;
    this.#closing.signal.throwIfAborted();
    if (this.#problem && Date.now() - this.#lastLook < FRESH_MS) throw this.#problem;
    return this.#look();
  }

  /** Something failed that says the installation is not what it was: the next request, or the timer, looks again. */
  doubt(problem: ApiError): void {
    this.#installation = undefined;
    this.#problem = problem;
    this.#lastLook = 0;
    this.#scheduleRecheck();
  }

  /** Looks no more: gives up the look that is under way, and resolves when nothing that it started still runs. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort(new ApiError("shutting_down", "The server is shutting down."));
    await this.#inspecting?.catch(() => {});
  }

  #look(): Promise<Installation> {
    this.#inspecting ??= this.#lookOnce().finally(() => {
      this.#inspecting = undefined;
    });
    return this.#inspecting;
  }

  async #lookOnce(): Promise<Installation> {
    try {
      const installation = await this.#inspect(this.#closing.signal);
      clearTimeout(this.#timer);
      this.#installation = installation;
      this.#problem = undefined;
      this.#isAnnounced = false;
      const { path, version, login } = installation;
      this.#logger.info(`Claude CLI ${version}, using ${login}`, { path });
      return installation;
    } catch (error) {
      const problem = toApiError(error);
      if (problem.code === "shutting_down") throw problem;
      const isTold = this.#isAnnounced || problem.message === this.#problem?.message;
      if (!isTold) this.#logger.error(problem.message, { code: problem.code });
      this.#isAnnounced = false;
      this.#problem = problem;
      this.#scheduleRecheck();
      throw problem;
    } finally {
      this.#lastLook = Date.now();
    }
  }

  #scheduleRecheck(): void {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look().catch(() => {}), this.#recheckMs);
    this.#timer.unref();
  }
}
