import { type App, startApp } from "../app.ts";
import type { Config } from "../config/config.ts";
import type { PathContext } from "../config/paths.ts";
import { Logger } from "../observability/logger.ts";
import { StopRequest } from "./stop-request.ts";

/** How long running requests may take to end when the server is told to stop. */
const DRAIN_MS = 10_000;

export type ServeOptions = PathContext & {
  readonly config: Config;
  readonly warnings: readonly string[];
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly print: (line: string) => void;
};

/** Runs the server until SIGINT, SIGTERM or SIGHUP; a second signal does not wait for running requests. Resolves when all is ended. */
export async function serve({ config, warnings, version, print, platform, env, home }: ServeOptions): Promise<void> {
  const logger = new Logger(config.logLevel);
  for (const warning of warnings) logger.warn(warning);
  const request = new StopRequest();
  const ignoreSignals = request.listen();
  const app = await startApp({ config, logger, version, platform, env, home });
  announce(app, config, version, print);
  await request.stop;
  logger.info("stopping: running requests may end", { seconds: DRAIN_MS / 1000 });
  const drained = app.stop(DRAIN_MS);
  await Promise.race([drained, request.hurry.then(() => app.stop(0))]);
  ignoreSignals();
}

function announce({ url, ready }: App, config: Config, version: string, print: (line: string) => void): void {
  const key = config.apiKeys.length > 0 ? "one of your API keys" : "any API key";
  print(`claude-max-api ${version} listens on ${url}`);
  print(`  For your app:  base URL ${url}/v1, ${key}, model claude-sonnet-4 (GET ${url}/v1/models lists all)`);
  if (config.demo) print("  Demo:          every answer is simulated; no login is used and nothing is spent");
  void ready.then(({ cli, login, problem }) => {
    if (cli && !config.demo) print(`  Login:         ${login} (Claude CLI ${cli.version})`);
    if (problem) print(`  Not ready:     ${problem.message}`);
  });
}
