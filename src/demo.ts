import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  const simulator = startSimulator({ keepRequests: 1, madeUpModels: "any" });
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
