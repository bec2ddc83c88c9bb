import { anthropicMessagesRoutes } from "./api/anthropic-messages/routes.ts";
import { Clients } from "./api/clients.ts";
import { openaiChatRoutes } from "./api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "./api/openai-completions/routes.ts";
import { BackgroundRuns } from "./api/openai-responses/background/runs.ts";
import { openaiResponsesRoutes } from "./api/openai-responses/routes.ts";
import { openResponseStore } from "./api/openai-responses/store/fallback-store.ts";
import { usageRoutes } from "./api/usage/routes.ts";
import { type BackendOptions, createClaudeBackend } from "./claude/create-backend.ts";
import { planPath } from "./claude/plan/plan-store.ts";
import type { Config } from "./config/config.ts";
import { messageOf } from "./config/errors.ts";
import { type PathContext, responsesFile, stateDirectory, workingDirectory } from "./config/paths.ts";
import type { BackendHealth, Model } from "./core/backend.ts";
import { recordTurns } from "./core/recorder.ts";
import { planLimitsOf } from "./core/usage.ts";
import type { Demo } from "./demo.ts";
import { createImageFetcher } from "./media/fetch-image.ts";
import type { Logger } from "./observability/logger.ts";
import { makePrivate } from "./observability/private-file.ts";
import { PlanHistory } from "./page/plan-history.ts";
import type { PageSources } from "./page/snapshot.ts";
import { KNOWN_PROGRAMS } from "./server/client-of.ts";
import { createServer } from "./server/create-server.ts";
import { listen } from "./server/listen.ts";
import { Metrics } from "./usage/metrics.ts";
import { UsageLog, usageFile } from "./usage/usage-log.ts";

export { ListenError } from "./server/bind.ts";

export type AppOptions = PathContext &
  Pick<
    BackendOptions,
    | "inspect"
    | "learnDelayMs"
    | "learnTimeoutMs"
    | "lateMs"
    | "recheckMs"
    | "retryMs"
    | "planClock"
    | "announcesProblem"
  > & {
    readonly config: Config;
    readonly logger: Logger;
    readonly version: string;
    readonly platform: NodeJS.Platform;
    /** How programs are connected, for the page; absent: it says nothing of that. */
    readonly guides?: PageSources["guides"];
  };

export type App = {
  /** Where the server listens, without a path: `http://127.0.0.1:3456`. */
  readonly url: string;
  /** Resolves once the CLI was looked at for the first time, with what was found. */
  readonly ready: Promise<BackendHealth>;
  /** Resolves once a process has told which models there are, with them; never, while none comes up. */
  readonly models: Promise<readonly Model[]>;
  /** Lets running requests end, for at most `drainMs`, then ends them and everything: no process is left when it resolves. */
  stop(drainMs: number): Promise<void>;
};

/** Puts the program together and starts it. Throws when it cannot listen; a CLI that is missing is not a reason to fail. */
export async function startApp(options: AppOptions): Promise<App> {
  const {
    config,
    logger,
    version,
    platform,
    env,
    home,
    inspect,
    learnDelayMs,
    learnTimeoutMs,
    lateMs,
    recheckMs,
    retryMs,
    planClock,
    announcesProblem,
    guides,
  } = options;
  // The simulated API is loaded for the demo alone.
  const demo: Demo | undefined = config.demo ? (await import("./demo.ts")).startDemo() : undefined;
  const { backend, login } = createClaudeBackend({
    ...config,
    ...(demo ? { anthropicBaseUrl: demo.anthropicBaseUrl, allowApiKey: false, loginName: "no login: demo mode" } : {}),
    env: { ...env, ...demo?.env },
    home,
    platform,
    workingDirectory: workingDirectory({ platform, env, home }),
    planFile: config.demo ? undefined : planPath(stateDirectory({ platform, env, home })),
    logger,
    inspect,
    learnDelayMs,
    learnTimeoutMs,
    lateMs,
    recheckMs,
    retryMs,
    planClock,
    announcesProblem,
  });
  const fetchImage = config.remoteImages ? createImageFetcher() : undefined;
  const { strict, defaultModel, webSearch } = config;
  const clients = new Clients();
  const isWritten = config.usageLog && !config.demo;
  const usage = new UsageLog({
    path: isWritten ? usageFile(stateDirectory({ platform, env, home })) : undefined,
    onFailure: (reason) => logger.warn("what is used cannot be written down", { reason: messageOf(reason) }),
  });
  for (const turn of demo?.past ?? []) usage.add(turn);
  const planHistory = new PlanHistory();
  let ended = 0;
  const recording = recordTurns(backend, {
    add(turn) {
      ended++;
      planHistory.note(backend.limits());
      usage.add(turn);
      metrics.add(turn);
    },
    amend(turn, more) {
      usage.amend(turn, more);
      metrics.amend(turn, more);
    },
  });
  const running = () => recording.running();
  const limits = () => planLimitsOf(backend.limits());
  const metrics = new Metrics({
    health: () => backend.health(),
    running: () => running().length,
    limits,
    version,
    clients: [...KNOWN_PROGRAMS, ...config.apiKeyNames.values()],
  });
  const dialect = { backend: recording, fetchImage, strict, defaultModel, webSearch, clients };
  const isStored = config.store && !config.demo;
  const responses = openResponseStore({
    path: isStored ? responsesFile({ platform, env, home }) : undefined,
    makePrivate,
    onFailure: (reason) => logger.warn("responses are kept in memory, and not stored", { reason: messageOf(reason) }),
  });
  const background = new BackgroundRuns();
  const page = {
    figures: usage,
    running,
    processes: () => backend.processes(),
    limits: () => (demo ? demo.shownPlan(backend.limits(), Date.now()) : backend.limits()),
    usedUpAt: planHistory.usedUpAt.bind(planHistory),
    cancel: (id: string) => recording.cancel(id),
    guides,
    login,
    defaultModel,
    ended: () => ended,
  };
  const server = createServer({
    page,
    config,
    backend,
    logger,
    clients,
    version,
    routes: [
      openaiChatRoutes(dialect),
      openaiCompletionsRoutes(dialect),
      openaiResponsesRoutes({ ...dialect, store: responses.store, background }),
      anthropicMessagesRoutes(dialect),
      usageRoutes({
        figures: usage,
        running,
        limits,
        plan: () => backend.limits(),
        look: () => backend.readLimits(),
        scrape: (isOpenMetrics) => metrics.scrape(isOpenMetrics),
      }),
    ],
  });
  const close = async () => {
    await backend.close();
    await demo?.close();
    responses.close();
    usage.close();
  };
  try {
    const { url, stop } = listen(server, {
      host: config.hosts,
      port: config.port,
      isBusy: () => background.isBusy,
      endRunning: () => backend.endRunning(),
      logger,
    });
    const ready = backend.start().then(() => backend.health());
    return {
      url,
      ready,
      models: backend.modelsKnown.then(() => backend.models()),
      async stop(drainMs) {
        await stop(drainMs);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
