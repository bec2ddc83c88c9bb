import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "../core/error.ts";
import { ClaudeBackend } from "./backend.ts";
import { findInstallation, type InstallationOptions, inspectInstallation, loginUnread } from "./cli/installation.ts";
import { credentialsStamp, fileStamp, InstallationMonitor, type MonitorOptions } from "./cli/installation-monitor.ts";
import { cliArguments, cliEnvironment, cliSettings } from "./cli/invocation.ts";
import { LoginSession } from "./cli/login.ts";
import { withManaged } from "./cli/managed-settings.ts";
import { withNetworkSettings } from "./cli/network-settings.ts";
import { SharedLogin } from "./cli/shared-login.ts";
import { loginCommand } from "./cli/shell-commands.ts";
import { whyNotStarted } from "./cli/start-failure.ts";
import { rebinding, selectsModelsSilently, settlesCalls, tellsCost } from "./cli/version.ts";
import { ensureEmptyDirectory, TemporaryFiles } from "./cli/working-files.ts";
import { createTokenCounter } from "./count/token-counter.ts";
import { ModelCatalog } from "./models/catalog.ts";
import { PlanGuard } from "./plan/plan-guard.ts";
import { PlanReader } from "./plan/plan-reader.ts";
import { planFile } from "./plan/plan-store.ts";
import type { GuardSettings } from "./plan/verdict.ts";
import type { PoolOptions } from "./pool/lease.ts";
import { hasRoomForProcess } from "./pool/memory.ts";
import { OutputMethods } from "./pool/output-methods.ts";
import { namesOf } from "./pool/profile.ts";
import { Worker } from "./pool/worker.ts";
import { WorkerPool } from "./pool/worker-pool.ts";
import { Abilities } from "./probe/abilities.ts";
import { firstAttachments } from "./probe/first-attachments.ts";
import { Probe } from "./probe/probe.ts";
import { replacesTools, takesAnotherPrompt } from "./probe/rebinding.ts";
import { sweepSandboxes } from "./probe/sandbox.ts";
import { CliProcess } from "./process/cli-process.ts";
import { GroupRecord } from "./process/group-record.ts";
import { OrphanGuard } from "./process/orphan-guard.ts";
import { askerOfCount, keptPlaces } from "./queue/lanes.ts";
import { TurnQueue } from "./queue/turn-queue.ts";
import type { RequestRunnerOptions } from "./request-runner.ts";
import { Restorer, type RestorerOptions, UnplacedThinking } from "./session/restorer.ts";
import { ServedConversations } from "./session/served-conversations.ts";
import { removeWhenRead, TranscriptFolder } from "./session/transcript-folder.ts";
import { WaitingSpare } from "./session/waiting-spare.ts";
import { KnownThinking } from "./thinking/known-thinking.ts";

/** `env`, `home`, `platform`: our own. `workingDirectory`: where the CLI runs, an empty directory of its own. */
export type BackendOptions = Pick<InstallationOptions, "claudePath" | "allowApiKey" | "env" | "home" | "platform"> &
  Pick<InstallationOptions, "workingDirectory"> &
  Pick<PoolOptions, "warm" | "maxWorkers" | "maxParked" | "lateMs" | "logger"> &
  Partial<Pick<PoolOptions, "retryMs" | "hasRoom">> &
  Pick<GuardSettings, "allowExtraUsage" | "budget"> &
  Pick<MonitorOptions, "announcesProblem" | "recheckMs"> &
  Pick<RestorerOptions, "learnDelayMs"> &
  Partial<Pick<RequestRunnerOptions, "silenceTimeoutMs">> & {
    readonly anthropicBaseUrl?: string;
    readonly idleTimeoutSeconds: number;
    readonly parkTimeoutSeconds: number;
    readonly maxConcurrency: number;
    readonly holdMinutes: number;
    /** Where the plan's limits are kept for the next start; undefined: nowhere. */
    readonly planFile?: string | undefined;
    /** Seconds since the epoch, by which limits end and refusals are tried. */
    readonly planClock?: (() => number) | undefined;
    readonly modelAliases: Readonly<Record<string, string>>;
    /** What to call the login instead of what the CLI says of it. */
    readonly loginName?: string;
    /** How long what the CLI attaches may take to be learnt. For tests, beside which much else may run. */
    readonly learnTimeoutMs?: number;
    /** How the CLI is looked at. */
    readonly inspect?: typeof inspectInstallation;
  };

/** Requests that may wait for a place; those of one client alone come to half of them. */
const MAX_WAITING = 200;
/** How often processes that do not boot are tried again, so that the server recovers by itself. */
const RETRY_MS = 3_000;
/** So long after a conversation was restored a process waits for the next. */
const SPARE_IDLE_MS = 10 * 60_000;
const SILENCE_TIMEOUT_MS = 10 * 60_000;

/** So often a request may find out whether a limit, or the refusal of the login, still stands. */
const PROBE_S = 60;

/** Longer than the pool lets a process wait: it, not the CLI, decides when waiting is over. */
const CALL_TIMEOUT_MARGIN_MS = 60_000;

/** What a login mends, where no token in the environment goes before it. */
const MENDED_BY_LOGIN: ReadonlySet<string> = new Set(["cli_logged_out", "login_refused"]);

/** Puts the driver of the Claude CLI together, and its login, which ends with it. Starts nothing: call `start`. */
export function createClaudeBackend(options: BackendOptions) {
  const { logger, workingDirectory, learnTimeoutMs = firstAttachments.timeoutMs } = options;
  const temporaryFiles = new TemporaryFiles(options);
  const cliEnv = { ...cliEnvironment(withNetworkSettings(options), options), ...temporaryFiles.env };
  const settings = cliSettings(options);
  const record = new GroupRecord({ folder: join(workingDirectory, "..", "processes"), logger });
  const orphans = new OrphanGuard(logger, { record });
  const parkTimeoutMs = options.parkTimeoutSeconds * 1000;
  const inspect = options.inspect ?? inspectInstallation;
  const catalog = new ModelCatalog(options.modelAliases);
  const guard = new PlanGuard({
    settings: {
      allowExtraUsage: options.allowExtraUsage,
      holdSeconds: options.holdMinutes * 60,
      budget: options.budget,
      probeSeconds: PROBE_S,
    },
    now: options.planClock,
    idOf: (model) => catalog.apiId(catalog.presume(model).name ?? model),
    credentials: () => credentialsStamp(options),
    usesToken: cliEnv.CLAUDE_CODE_OAUTH_TOKEN !== undefined,
    store: options.planFile === undefined ? undefined : planFile(options.planFile),
    logger,
  });
  const monitor = new InstallationMonitor({
    announcesProblem: options.announcesProblem,
    inspect: async (signal) => {
      ensureEmptyDirectory(workingDirectory);
      const installation = await inspect({ ...options, cliEnv, settings, signal, guard: orphans });
      return { ...installation, login: options.loginName ?? installation.login };
    },
    logger,
    recheckMs: options.recheckMs,
    programStamp: fileStamp,
    loginStamp: () => credentialsStamp(options),
    loginUnread: (found) => loginUnread(found, options),
    onReplaced: () => startAfresh(),
  });
  const startAfresh = () => {
    for (const part of [pool, counter, restorer]) part.reset();
  };
  const running = { cwd: workingDirectory, env: cliEnv, guard: orphans, logger };
  const folder = new TranscriptFolder(join(workingDirectory, "..", "sessions"));
  const idleTimeoutMs = options.idleTimeoutSeconds * 1000;
  const restorer = new Restorer({
    folder,
    spare: new WaitingSpare({
      folder,
      start: ({ path, model }, resume) => {
        const args = cliArguments({ settings, model, resume });
        return new CliProcess({ ...running, path, args });
      },
      // Without processes started ahead, none of any kind is. What an idle one remembers it could be told in no time.
      keepRoom: (guest) => (options.warm === 0 ? undefined : pool.reserve(guest, { mustBe: false, isWorthIdle: true })),
      idleMs: Math.min(idleTimeoutMs, SPARE_IDLE_MS),
    }),
    attachments: new Probe({ ...firstAttachments, timeoutMs: learnTimeoutMs }, running),
    cwd: workingDirectory,
    learnDelayMs: options.learnDelayMs,
  });
  const rebinds = new Abilities(rebinding, new Probe(takesAnotherPrompt, running), new Probe(replacesTools, running));
  const settles = new Abilities(settlesCalls);
  const pool = new WorkerPool({
    startWorker: (model, restored) => {
      if (monitor.installation === undefined) {
        throw monitor.problem ?? new Error("the installation has not been looked at");
      }
      monitor.recheckIfReplaced();
      const { path, version } = monitor.installation;
      const args = cliArguments({ settings, model, resume: restored?.resume });
      try {
        const worker = new Worker({
          ...running,
          path,
          args,
          model,
          selectsModelsSilently: selectsModelsSilently(version),
          callTimeoutMs: parkTimeoutMs + CALL_TIMEOUT_MARGIN_MS,
          rebinding: rebinds.of({ path, version }),
          settling: settles.of({ path, version }),
          restored,
          onContext: (id, tokens) => catalog.learnContext(id, tokens),
          tellsCost: tellsCost(version),
          onLimits: (named, info) => guard.report(named, info),
        });
        if (restored) void removeWhenRead(restored.place, worker.booted, worker.exited);
        return worker;
      } catch (cause) {
        void restored?.giveUp();
        // It was there a moment ago: moved, or removed, by an update.
        monitor.invalidate(new ApiError("cli_failed", whyNotStarted(path, cause), { cause }));
        throw cause;
      }
    },
    restore: async ({ turns, profile, model, environmentAt, isBound }) => {
      const history = turns.slice(0, -1);
      const { installation } = monitor;
      if (installation === undefined) return undefined;
      const [names, modelId] = [namesOf(profile), catalog.fullId(model)];
      const conversation = { turns: history, names, model, modelId, environmentAt, isBound, ...installation };
      return await restorer.write(conversation).catch((error: unknown) => {
        if (error instanceof UnplacedThinking) throw error;
        logger.warn("a conversation could not be written down", { reason: String(error) });
        // Told turn by turn, it would be refused with what was thought.
        if (isBound) throw new UnplacedThinking("the conversation could not be written down", { cause: error });
        return undefined;
      });
    },
    onModels: (models) => catalog.update(models),
    logger,
    warm: options.warm,
    maxWorkers: options.maxWorkers,
    maxStarting: Math.max(2, availableParallelism()),
    idleTimeoutMs,
    maxParked: options.maxParked,
    parkTimeoutMs,
    retryMs: options.retryMs ?? RETRY_MS,
    lateMs: options.lateMs,
    hasRoom: options.hasRoom ?? hasRoomForProcess,
  });
  const places = Math.min(options.maxConcurrency, options.maxWorkers);
  const queue = new TurnQueue({ places, maxWaiting: MAX_WAITING, kept: keptPlaces(places) });
  const counter = createTokenCounter({
    ...running,
    settings,
    takePlace: async (client, signal) => (await queue.enter(askerOfCount(client), signal)).leave,
    keepRoom: (guest, worth) => pool.reserve(guest, worth),
  });
  const planReader = new PlanReader({
    ask: () => {
      const { installation } = monitor;
      // Of a bare token the CLI tells no plan.
      const canTell = installation && tellsCost(installation.version) && cliEnv.CLAUDE_CODE_OAUTH_TOKEN === undefined;
      return canTell ? pool.borrow((worker) => worker.readPlan()) : undefined;
    },
    seenAt: () => guard.limits.seenAt,
    learn: (windows) => guard.learn(windows),
  });
  const cliPath = () => findInstallation({ ...options, cliEnv, settings });
  const login = new SharedLogin({
    isWanted: () =>
      cliEnv.CLAUDE_CODE_OAUTH_TOKEN === undefined &&
      MENDED_BY_LOGIN.has((monitor.problem ?? guard.problem)?.code ?? ""),
    open: () => new LoginSession({ ...running, path: cliPath(), settings }),
    command: () => loginCommand(options, cliPath()),
    onLoggedIn: async () => {
      guard.loginChanged();
      startAfresh();
      await monitor.loginChanged();
    },
  });
  const backend = new ClaudeBackend({
    monitor,
    planReader,
    pool,
    queue,
    guard,
    counter,
    outputs: new OutputMethods({ catalog, version: () => monitor.installation?.version, logger }),
    catalog,
    logger,
    housekeeping: {
      open: async () => {
        void record.endOrphans();
        await Promise.all([temporaryFiles.open(), folder.sweep(), sweepSandboxes(tmpdir())]);
      },
      close: async () => {
        await login.cancel();
        await orphans.close();
        await temporaryFiles.close();
      },
    },
    rebinding: rebinds,
    restorer,
    served: new ServedConversations(),
    thinking: new KnownThinking(),
    onWorthRestoring: (model) => {
      const { installation } = monitor;
      if (installation) restorer.learnSoon({ ...installation, modelId: catalog.fullId(model) });
    },
    silenceTimeoutMs: options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS,
    explain: (error) => withManaged(error, options.platform),
  });
  return { backend, login };
}
