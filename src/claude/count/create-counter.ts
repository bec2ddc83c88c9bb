import type { Logger } from "../../observability/logger.ts";
import { cliArguments } from "../cli/arguments.ts";
import { countsDescriptions, takenOffTools } from "../cli/version.ts";
import { CliProcess } from "../process/cli-process.ts";
import { CountingProcess } from "./counting-process.ts";
import { Estimates } from "./estimates.ts";
import { TokenCounter, type TokenCounterOptions } from "./token-counter.ts";
import { tryCounting } from "./try-counting.ts";

export type CounterOptions = Pick<TokenCounterOptions, "takePlace" | "keepRoom"> & {
  /** What the CLI is started with and in. */
  readonly settings: string;
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly logger: Logger;
};

const TRIAL_TIMEOUT_MS = 20_000;
/** Any will do, and this one is always there. */
const TRIAL_MODEL = "sonnet";

export function createTokenCounter({ settings, env, cwd, logger, ...room }: CounterOptions): TokenCounter {
  return new TokenCounter({
    ...room,
    start: ({ path }, model) => {
      const args = cliArguments({ settings, model, tellsEstimates: true });
      const estimates = new Estimates();
      const process = new CliProcess({ path, args, env, cwd, logger, errors: estimates });
      return new CountingProcess({ process, estimates });
    },
    known: ({ version }) => {
      const takenOff = takenOffTools(version);
      return takenOff === undefined ? undefined : { takenOff };
    },
    tryOut: async ({ path, version }, signal) => {
      if (!countsDescriptions(version)) return undefined;
      const rehearsal = { path, cwd, env, logger, signal, model: TRIAL_MODEL, address: undefined };
      return await tryCounting({ ...rehearsal, timeoutMs: TRIAL_TIMEOUT_MS });
    },
  });
}
