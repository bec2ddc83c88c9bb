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

const DEMO_WINDOW_S = 3 * 3600;
/** After so many requests the use begins anew: the demo never refuses. */
const DEMO_REQUESTS = 160;

/** A plan of which some is used, and each request takes a little. */
function livingPlan(startedAt: number) {
  return (requests: number): PlanState => {
    const used = (requests % DEMO_REQUESTS) * 0.004;
    const seconds = Math.floor((Date.now() - startedAt) / 1000);
    return {
      fiveHour: { used: rounded(0.31 + used), resetsInSeconds: DEMO_WINDOW_S - (seconds % DEMO_WINDOW_S) },
      sevenDay: { used: rounded(0.18 + used / 8), resetsInSeconds: 4 * 86_400 },
    };
  };
}

function rounded(part: number): number {
  return Math.round(part * 1000) / 1000;
}
