import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlanState } from "./simulator/rate-limit-headers.ts";
import { startSimulator } from "./simulator/simulator.ts";

/** Everything the real CLI needs to answer without a login, and without reaching the network. */
export type Demo = {
  readonly anthropicBaseUrl: string;
  /** Replaces the user's login: neither it nor anything else in their configuration is touched. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
};

/** Starts the simulated Anthropic API on loopback, and sets up an empty configuration with a made-up login for the CLI. */
export function startDemo(): Demo {
  const simulator = startSimulator({ keepRequests: 1, madeUpModels: "any", plan: livingPlan(Date.now()) });
  const configDirectory = mkdtempSync(join(tmpdir(), "claude-max-api-demo-"));
  return {
    anthropicBaseUrl: simulator.url,
    env: { CLAUDE_CONFIG_DIR: configDirectory, CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-simulated" },
    close: async () => {
      await simulator.close();
      rmSync(configDirectory, { recursive: true, force: true });
    },
  };
}

const FIVE_HOURS = 5 * 3600;
const FIRST_RESET_S = 3 * 3600;
/** After so many requests the five hours begin anew, as if they had been waited for: the demo warns, and never refuses. */
const WINDOW_REQUESTS = 66;

/** A plan of which some is used, of which each request takes a little. */
export function livingPlan(startedAt: number) {
  let [window, resetsAt] = [0, startedAt / 1000 + FIRST_RESET_S];
  return (requests: number): PlanState => {
    const now = Date.now() / 1000;
    const next = Math.floor(requests / WINDOW_REQUESTS);
    if (next !== window || now >= resetsAt) [window, resetsAt] = [next, now + FIVE_HOURS];
    const before = window === 0 ? 0.31 : 0;
    const weekly = Math.min(0.97, 0.18 + requests * 0.002);
    const week = Math.round(startedAt / 1000 + 4 * 86_400 - now);
    return {
      fiveHour: {
        used: rounded(before + (requests % WINDOW_REQUESTS) * 0.01),
        resetsInSeconds: Math.round(resetsAt - now),
      },
      sevenDay: { used: rounded(weekly), resetsInSeconds: week },
      sevenDayOfModel: { used: rounded(weekly / 2), resetsInSeconds: week },
    };
  };
}

function rounded(part: number): number {
  return Math.round(part * 1000) / 1000;
}
