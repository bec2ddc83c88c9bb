import { statSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../../core/attempt.ts";
import { type ApiError, shuttingDown, toApiError } from "../../core/error.ts";
import type { Logger } from "../../observability/logger.ts";
import { within } from "../process/spawn.ts";
import type { Installation } from "./installation.ts";
import type { NetworkContext } from "./network-settings.ts";

/** How often a broken installation is looked at again, so that the server recovers by itself. */
const RECHECK_MS = 3_000;
/** While nobody is logged in, each look runs two programs for nothing: the time between looks doubles, up to so many times that. */
const MOST_RECHECKS = 10;
/** A request that finds the installation broken looks again at once, unless somebody just did; that nobody is logged in stands for longer. */
const FRESH_MS = 500;

/** So long a request waits for the first look at a program that was replaced; usually half a second. */
const RENEWED_MS = 2_000;

export type MonitorOptions = {
  /** Looks at the installation; when the signal aborts, it ends what it started and rejects. */
  readonly inspect: (signal: AbortSignal) => Promise<Installation>;
  readonly logger: Logger;
  readonly recheckMs?: number;
  /** Whether somebody else tells what is wrong at the start; the log then tells what changes. */
  readonly announcesProblem?: boolean | undefined;
  /** Another once there is another program at the path; see {@link fileStamp}. */
  readonly programStamp?: (path: string) => string | undefined;
  /** Another once the login is; undefined where no file tells. */
  readonly loginStamp?: () => string | undefined;
  /** What it means that a process says that nobody is logged in, where a look finds that somebody is; see `loginUnread` in installation.ts. */
  readonly loginUnread?: (found: Installation) => ApiError | undefined;
  /** The CLI was replaced by another version: what was started before is of the old one. */
  readonly onReplaced?: () => void;
};

/** Knows whether the CLI can be used, and keeps looking while it cannot. */
export class InstallationMonitor {
  readonly #options: MonitorOptions;
  readonly #recheckMs: number;
  #isAnnounced: boolean;
  #installation: Installation | undefined;
  #problem: ApiError | undefined;
  #inspecting: Promise<Installation> | undefined;
  #lastLook = 0;
  /** What was there when it was looked at. */
  #program: string | undefined;
  #login: string | undefined;
  /** The next look is at every `every`th recheck; `skipped` rechecks went by without one. */
  #backoff = { every: 1, skipped: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #closing = new AbortController();

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#recheckMs = options.recheckMs ?? RECHECK_MS;
    this.#isAnnounced = options.announcesProblem ?? false;
  }

  get installation(): Installation | undefined {
    return this.#installation;
  }
  get problem(): ApiError | undefined {
    return this.#problem;
  }

  /** The installation, looked at anew when it was not usable, or is another by now. Throws the ApiError that says what is wrong. */
  async ensure(): Promise<Installation> {
    if (this.#installation) return (await this.#renewed()) ?? this.#installation;
    this.#closing.signal.throwIfAborted();
    if (this.#problem && Date.now() - this.#lastLook < this.#freshMs) throw this.#problem;
    return this.#look();
  }

  get #freshMs(): number {
    const isSame = this.#problem?.code === "cli_logged_out" && this.#options.loginStamp?.() === this.#login;
    return isSame ? this.#recheckMs : FRESH_MS;
  }

  /** Begins a look if the program is another by now. */
  recheckIfReplaced(): void {
    void this.#renewed();
  }

  /** Something failed that says the installation is not what it was: the next request, or the timer, looks again. */
  invalidate(problem: ApiError): void {
    this.#installation = undefined;
    this.#problem = problem;
    this.#lastLook = 0;
    this.#backoff = { every: 1, skipped: 0 };
    this.#scheduleRecheck();
  }

  /** A process says that nobody is logged in. Resolves with what to tell of it, once the CLI was asked, too. */
  async invalidateLogin(problem: ApiError): Promise<ApiError> {
    this.invalidate(problem);
    const found = await this.ensure().catch(() => undefined);
    return (found && this.#options.loginUnread?.(found)) ?? problem;
  }

  /** Somebody has logged in: looks at once, where nobody was, and waits for nothing that was put off. */
  async loginChanged(): Promise<void> {
    this.#lastLook = 0;
    this.#backoff = { every: 1, skipped: 0 };
    await this.ensure().catch(() => {});
  }

  /** The installation that has replaced the one before; undefined where none has, or where it does not work (yet). */
  async #renewed(): Promise<Installation | undefined> {
    const before = this.#installation;
    if (before === undefined || this.#closing.signal.aborted) return undefined;
    if (this.#options.programStamp?.(before.path) === this.#program) return undefined;
    if (this.#inspecting === undefined && Date.now() - this.#lastLook < FRESH_MS) return undefined;
    // Perhaps it is being written, and does not work yet, or hangs: what was started before serves on.
    const found = this.#look().catch(() => undefined);
    return (await within(found, RENEWED_MS)) ? await found : undefined;
  }

  /** Looks no more: gives up the look that is under way, and resolves when nothing that it started still runs. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort(shuttingDown());
    await this.#inspecting?.catch(() => {});
  }

  #look(): Promise<Installation> {
    this.#inspecting ??= this.#lookOnce().finally(() => {
      this.#inspecting = undefined;
    });
    return this.#inspecting;
  }

  async #lookOnce(): Promise<Installation> {
    const before = this.#installation;
    // Before it is looked at: what changes meanwhile is seen next time.
    const program = before && this.#options.programStamp?.(before.path);
    this.#login = this.#options.loginStamp?.();
    try {
      const installation = await this.#options.inspect(this.#closing.signal);
      clearTimeout(this.#timer);
      this.#installation = installation;
      this.#problem = undefined;
      this.#isAnnounced = false;
      this.#backoff = { every: 1, skipped: 0 };
      this.#program = before?.path === installation.path ? program : this.#options.programStamp?.(installation.path);
      if (before !== undefined && before.version !== installation.version) this.#options.onReplaced?.();
      const { path, version, login } = installation;
      this.#options.logger.info(`Claude CLI ${version}, using ${login}`, { path });
      return installation;
    } catch (error) {
      const problem = toApiError(error);
      // One that worked stays what it was, until a process of it fails.
      if (problem.code === "shutting_down" || before !== undefined) throw problem;
      if (problem.code !== this.#problem?.code) this.#backoff = { every: 1, skipped: 0 };
      const isTold = this.#isAnnounced || problem.message === this.#problem?.message;
      if (!isTold) this.#options.logger.error(problem.message, { code: problem.code });
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
    this.#timer = setTimeout(() => this.#recheck(), this.#recheckMs).unref();
  }

  #recheck(): void {
    const { every, skipped } = this.#backoff;
    const isSkipped =
      this.#problem?.code === "cli_logged_out" && skipped + 1 < every && this.#options.loginStamp?.() === this.#login;
    this.#backoff = isSkipped
      ? { every, skipped: skipped + 1 }
      : { every: Math.min(2 * every, MOST_RECHECKS), skipped: 0 };
    if (isSkipped) this.#scheduleRecheck();
    else void this.#look().catch(() => {});
  }
}

/**
 * Something that is another once the CLI's login was written anew, without a look at what it says. Undefined where there is no file
 * of it: a keychain holds it, or a variable.
 */
export function credentialsStamp({ env, home }: Pick<NetworkContext, "env" | "home">): string | undefined {
  return fileStamp(join(env.CLAUDE_CONFIG_DIR || join(home, ".claude"), ".credentials.json"));
}

/** Something that is another once there is other content at the path, also by way of a link. Undefined where there is none. */
export function fileStamp(path: string): string | undefined {
  const found = attempt(() => statSync(path));
  return found && `${found.mtimeMs}:${found.size}:${found.ino}:${found.dev}`;
}
