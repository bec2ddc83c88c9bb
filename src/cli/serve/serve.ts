import { startApp } from "../../app.ts";
import { ConfigError, reasonOf } from "../../config/errors.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { OPTIONS } from "../../config/options.ts";
import { openLogFile } from "../../observability/log-file.ts";
import { Logger } from "../../observability/logger.ts";
import type { Surroundings } from "../command.ts";
import { guidesFor } from "../connect/guides.ts";
import { announce } from "./announce.ts";
import { whoHasPort } from "./port-in-use.ts";
import { awaitStop } from "./stop-request.ts";

/** How long running requests may take to end when the server is told to stop. */
const DRAIN_MS = 10_000;

export type ServeOptions = LoadedConfig & {
  readonly surroundings: Surroundings;
  /** How long running requests may take to end; default: ten seconds. */
  readonly drainMs?: number;
};

/** Runs the server until SIGINT, SIGTERM, SIGQUIT or SIGHUP; a second signal does not wait for running requests. Resolves when all is ended. */
export async function serve({ config, warnings, surroundings, drainMs = DRAIN_MS }: ServeOptions): Promise<void> {
  const { version, platform, env, home, terminal } = surroundings;
  const logger = new Logger(config.logLevel, openLog(config, terminal.writeError), config.logFormat);
  for (const warning of warnings) logger.warn(warning);
  const request = awaitStop();
  const ignoreSignals = request.listen((signal) => logger.info("the signal asks for nothing here", { signal }));
  // Where the start-up lines and the log share a terminal, the lines tell what is wrong.
  const announcesProblem = terminal.isTerminal && terminal.errorIsTerminal && config.logFile === undefined;
  const guides = guidesFor(config, platform);
  const app = await startApp({ config, logger, version, platform, env, home, announcesProblem, guides }).catch(
    async (error) => Promise.reject(await whoHasPort(error, config, surroundings)),
  );
  announce(app, config, surroundings);
  void app.ready.then(() => setTimeout(freeStartUp, SETTLED_MS).unref());
  await request.stop;
  logger.info(
    `stopping: no new requests are taken, and those that run have ${drainMs / 1000} seconds to end. Ctrl-C again, or a second signal, ends them at once.`,
  );
  const drained = app.stop(drainMs);
  await Promise.race([drained, request.hurry.then(() => app.stop(0))]);
  ignoreSignals();
}

/** By then the first process has told its models. */
const SETTLED_MS = 1_500;

/** A server that nobody asks yet has no garbage to make it collect: what only the start needed would stay. */
function freeStartUp(): void {
  Bun.gc(true);
  Bun.shrink();
}

/** Where lines of the log go. A file that cannot be written, such as on a full disk, is told once, and the lines go to standard error. */
function openLog({ logFile }: LoadedConfig["config"], writeError: (line: string) => void): (line: string) => void {
  if (logFile === undefined) return writeError;
  const write = openFile(logFile);
  let hasFailed = false;
  return (line) => {
    try {
      write(line);
    } catch (reason) {
      if (!hasFailed) writeError(`The log cannot be written to ${logFile}: ${reasonOf(reason)}\n`);
      hasFailed = true;
      writeError(line);
    }
  };
}

function openFile(path: string): (line: string) => void {
  try {
    return openLogFile(path);
  } catch (reason) {
    throw new ConfigError(`--${OPTIONS.logFile.flag}: ${path} cannot be written: ${reasonOf(reason)}.`);
  }
}
