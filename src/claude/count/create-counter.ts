import type { Logger } from "../../observability/logger.ts";
import { cliArguments } from "../cli/arguments.ts";
import { longestToolDescription } from "../cli/version.ts";
import { Binding } from "../pool/binding.ts";
import { Rebinding } from "../pool/rebinding.ts";
import { CliProcess } from "../process/cli-process.ts";
import { Estimates } from "./estimates.ts";
import { type Installed, TokenCounter, type TokenCounterOptions } from "./token-counter.ts";
import { tryCounting } from "./try-counting.ts";

export type CounterOptions = Pick<TokenCounterOptions, "takePlace"> & {
  /** What the CLI is started with and in. */
  readonly settings: string;
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly logger: Logger;
};

const TRIAL_TIMEOUT_MS = 20_000;
/** Nothing is ever called. */
const CALL_TIMEOUT_MS = 60_000;
/** Any will do, and this one is always there. */
const TRIAL_MODEL = "sonnet";

export function createTokenCounter({ settings, env, cwd, logger, takePlace }: CounterOptions): TokenCounter {
  return new TokenCounter({
    takePlace,
    start: ({ path, version }, model) => {
      const args = cliArguments({ settings, model, tellsEstimates: true });
      const estimates = new Estimates();
      const process = new CliProcess({ path, args, env, cwd, logger, errors: estimates });
      return { process, binding: bindingOf(process, version, model), estimates };
    },
    tryOut: ({ path, version }, signal) => {
      const rehearsal = { path, cwd, env, logger, signal, model: TRIAL_MODEL, address: undefined };
      const bind = (process: CliProcess) => bindingOf(process, version, TRIAL_MODEL);
      return tryCounting({ ...rehearsal, timeoutMs: TRIAL_TIMEOUT_MS }, bind);
    },
  });
}

/** It is bound once, with the model that it was started with. */
function bindingOf(process: CliProcess, version: Installed["version"], model: string): Binding {
  return new Binding(process, {
    model,
    selectsModelsSilently: false,
    longestToolDescription: longestToolDescription(version),
    callTimeoutMs: CALL_TIMEOUT_MS,
    rebinding: new Rebinding(false),
  });
}
