import { randomBytes } from "node:crypto";
import { startApp } from "../../app.ts";
import type { Config } from "../../config/config.ts";
import { Logger } from "../../observability/logger.ts";
import type { Surroundings } from "../command.ts";
import { unlessAborted } from "../terminal/signals.ts";
import { RefusedError, type ServerAddress } from "./api-client.ts";
import { askWhoListens, authorization, type ServerHealth, serverUrl } from "./who-listens.ts";

/** A server that a command can ask: the one that runs, or one of the command's own, which ends with it. */
export type OpenServer = AsyncDisposable &
  ServerAddress & {
    /** The state of the server that was running before; undefined: the server is our own. */
    readonly running: ServerHealth | undefined;
    /** Where it listens, and what it takes. */
    readonly address: Pick<Config, "host" | "port" | "apiKeys">;
    /** Resolves when the models of the account are known. Throws RefusedError when the CLI cannot be used. */
    modelsKnown(signal: AbortSignal): Promise<void>;
  };

/** The server to ask: ours, if one listens where the settings say, else the program itself, on a port and with a key of its own. */
export async function openServer(
  config: Config,
  surroundings: Surroundings,
  { warm }: { readonly warm: 0 | 1 },
): Promise<OpenServer> {
  const occupant = config.port === 0 ? undefined : await askWhoListens(config);
  // Whoever asks for the demo must not spend anything.
  const fits = occupant?.kind === "ours" && (!config.demo || occupant.health.demo === true);
  return fits ? runningServer(config, occupant.health) : await startOwn(config, surroundings, warm);
}

function runningServer(config: Config, health: ServerHealth): OpenServer {
  return {
    url: serverUrl(config),
    headers: authorization(config),
    running: health,
    address: config,
    modelsKnown: async () => {
      if (health.problem) throw new RefusedError(health.problem.message, health.problem.code);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Longer than a process takes to start on a machine that is busy with other things. */
const MODELS_WITHIN_MS = 60_000;

async function startOwn(config: Config, surroundings: Surroundings, warm: 0 | 1): Promise<OpenServer> {
  const apiKeys = [randomBytes(24).toString("hex")];
  const host = "127.0.0.1";
  const app = await startApp({
    ...surroundings,
    config: { ...config, hosts: [host], host, port: 0, apiKeys, apiKeyNames: new Map(), warm, store: false },
    // What goes wrong is told by the answers.
    logger: new Logger("silent"),
  });
  const own = { host, port: Number(new URL(app.url).port), apiKeys };
  return {
    url: app.url,
    headers: authorization(own),
    running: undefined,
    address: own,
    async modelsKnown(signal) {
      const { problem } = await unlessAborted(app.ready, signal);
      if (problem) throw new RefusedError(problem.message, problem.code);
      const timeout = AbortSignal.timeout(MODELS_WITHIN_MS);
      const known = app.models.then(() => true);
      while (!(await unlessAborted(Promise.race([known, Bun.sleep(200)]), signal))) {
        const occupant = await askWhoListens(own);
        const failed = occupant.kind === "ours" ? occupant.health.problem : undefined;
        if (failed) throw new RefusedError(failed.message, failed.code);
        if (timeout.aborted) {
          throw new RefusedError(`The Claude CLI did not tell its models within ${MODELS_WITHIN_MS / 1000} seconds.`);
        }
      }
    },
    [Symbol.asyncDispose]: () => app.stop(0),
  };
}
