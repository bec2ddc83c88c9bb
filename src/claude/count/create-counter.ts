import { cliArguments } from "../cli/arguments.ts";
import { countsDescriptions, takenOffTools } from "../cli/version.ts";
import { countsTokens } from "../probe/counting.ts";
import { Probe } from "../probe/probe.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import { CountingProcess, Estimates } from "./counting-process.ts";
import { TokenCounter, type TokenCounterOptions } from "./token-counter.ts";

export type CounterOptions = Pick<TokenCounterOptions, "takePlace" | "keepRoom"> &
  Pick<CliProcessOptions, "env" | "cwd" | "guard" | "logger"> & { readonly settings: string };

export function createTokenCounter({ settings, takePlace, keepRoom, ...running }: CounterOptions): TokenCounter {
  const admit = async (signal: AbortSignal) => {
    // It is for no client in particular.
    const leavePlace = await takePlace("", signal);
    const giveRoomBack = keepRoom({ isResting: false, retire: () => {} }, { mustBe: true });
    return () => {
      giveRoomBack?.();
      leavePlace();
    };
  };
  const probe = new Probe(countsTokens, { ...running, admit });
  return new TokenCounter({
    takePlace,
    keepRoom,
    start: ({ path }, model) => {
      const args = cliArguments({ settings, model, tellsEstimates: true });
      const estimates = new Estimates();
      return new CountingProcess({ process: new CliProcess({ ...running, path, args, errors: estimates }), estimates });
    },
    known: ({ version }) => {
      const takenOff = takenOffTools(version);
      return takenOff === undefined ? undefined : { takenOff };
    },
    probe: {
      find: async (installed, signal) =>
        countsDescriptions(installed.version) ? await probe.find(installed, signal) : undefined,
      close: () => probe.close(),
    },
  });
}
