import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "../../src/app.ts";
import { type Installation, inspectInstallation } from "../../src/claude/cli/installation.ts";
import type { Config } from "../../src/config/config.ts";
import { Logger } from "../../src/observability/logger.ts";
import { type Responder, type Simulator, startSimulator } from "../../src/simulator/simulator.ts";

/** The real CLI: the one of the lock file, or another version to try the tests with. */
export const CLAUDE = process.env.TEST_CLAUDE_PATH ?? join(import.meta.dir, "../../node_modules/.bin/claude");

export const TEST_TOKEN = "sk-ant-oat01-test";

export type HarnessOptions = {
  readonly config?: Partial<Config>;
  /** On top of the environment of a fresh machine with a login token. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Prepares the home directory before anything starts. */
  readonly prepare?: (home: string) => void;
  /** What the simulated API says where no reply is scripted; default: its demo answer. */
  readonly responder?: Responder;
  /** Models that the simulated API shall have beside the real ones. */
  readonly madeUpModels?: readonly string[];
  /** Whether to wait until the CLI was looked at; default true. */
  readonly ready?: boolean;
  /** Whether it is found out what the CLI attaches to conversations, for those that may have to be restored; costs a process. Default false. */
  readonly learnsAttachments?: boolean;
  /** Seconds since the epoch, by which the plan's limits end and refusals are tried. */
  readonly planClock?: () => number;
  /** After so long a CLI that is broken is looked at again, and a process started anew that did not boot. Default: as of the program. */
  readonly recheckMs?: number;
  /** Of thinking that the simulated API takes, though it did not give it. */
  readonly trustedSignatures?: readonly string[];
  /** Where lines of the log go; default: an array of its own. */
  readonly log?: string[];
};

/** Beside tests that run at the same time each start is late: a second one beside it would make the machine no less busy. */
const LATE_MS = 60_000;

/** Longer than any test. */
export const A_DAY_MS = 86_400_000;

/** However much runs beside it: what is not learnt in time is not tried again soon. */
export const LEARN_TIMEOUT_MS = 90_000;

let inspected: Promise<Installation> | undefined;
/**
 * Looks at the CLI of the tests with their login once for all who only use it: `auth status` takes as long as a process takes to
 * start. A test that is about the installation or the login names one, and has it looked at.
 */
export const inspectOnce: typeof inspectInstallation = (options) => {
  inspected ??= inspectInstallation({ ...options, signal: undefined }).catch((error: unknown) => {
    inspected = undefined;
    throw error;
  });
  return inspected;
};

/** The whole program in this process: real server, real CLI, simulated API, in a home directory of its own. */
export type Harness = AsyncDisposable & {
  readonly app: App;
  readonly url: string;
  readonly simulator: Simulator;
  readonly home: string;
  /** Everything that was logged, at level debug. */
  readonly log: readonly string[];
  /** POST /v1/chat/completions. */
  chat(body: object, init?: RequestInit): Promise<Response>;
  /** The non-streaming answer's text; fails on any other status than 200. */
  ask(body: object): Promise<string>;
};

/** No spares and few processes: conversations that are over make room for others in theirs, which costs less than to start one for each. */
export const BASE_CONFIG: Config = {
  port: 0,
  hosts: ["127.0.0.1"],
  host: "127.0.0.1",
  claudePath: CLAUDE,
  anthropicBaseUrl: undefined,
  logFile: undefined,
  warm: 0,
  maxConcurrency: 8,
  maxWorkers: 3,
  idleTimeoutSeconds: 600,
  maxParked: 4,
  parkTimeoutSeconds: 600,
  remoteImages: true,
  webSearch: true,
  strict: false,
  store: true,
  usageLog: true,
  logLevel: "debug",
  logFormat: "text",
  apiKeys: [],
  apiKeyNames: new Map(),
  allowApiKey: false,
  allowedOrigins: [],
  allowedHosts: [],
  defaultModel: "claude-sonnet-4",
  allowExtraUsage: false,
  holdMinutes: 0,
  budget: {},
  modelAliases: {},
  demo: false,
};

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const home = mkdtempSync(join(tmpdir(), "claude-max-api-test-"));
  options.prepare?.(home);
  const { responder, madeUpModels, trustedSignatures, log = [] } = options;
  const simulator = startSimulator({ responder, madeUpModels, trustedSignatures });
  const app = await startApp({
    config: { ...BASE_CONFIG, anthropicBaseUrl: simulator.url, ...options.config },
    logger: new Logger("debug", (line) => void log.push(line)),
    version: "0.0.0-test",
    platform: process.platform,
    env: { PATH: process.env.PATH, HOME: home, CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN, ...options.env },
    home,
    learnDelayMs: options.learnsAttachments ? 100 : A_DAY_MS,
    learnTimeoutMs: LEARN_TIMEOUT_MS,
    lateMs: LATE_MS,
    recheckMs: options.recheckMs,
    retryMs: options.recheckMs,
    planClock: options.planClock,
    inspect: isUsual(options) ? inspectOnce : undefined,
  });
  if (options.ready ?? true) await app.ready;

  const chat = (body: object, init: RequestInit = {}) =>
    fetch(`${app.url}/v1/chat/completions`, {
      ...init,
      method: "POST",
      headers: { "content-type": "application/json", ...init.headers },
      body: JSON.stringify(body),
    });
  return {
    app,
    url: app.url,
    simulator,
    home,
    log,
    chat,
    async ask(body) {
      const response = await chat(body);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`status ${response.status}: ${text}`);
      return JSON.parse(text).choices[0].message.content;
    },
    async [Symbol.asyncDispose]() {
      await app.stop(0);
      await simulator.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function isUsual({ config = {}, env, prepare, ready = true }: HarnessOptions): boolean {
  const { claudePath = CLAUDE, allowApiKey, demo } = config;
  return ready && claudePath === CLAUDE && !allowApiKey && !demo && env === undefined && prepare === undefined;
}
