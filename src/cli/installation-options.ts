import type { InstallationOptions } from "../claude/cli/installation.ts";
import { cliEnvironment, cliSettings } from "../claude/cli/invocation.ts";
import { withNetworkSettings } from "../claude/cli/network-settings.ts";
import type { Config } from "../config/config.ts";
import { workingDirectory } from "../config/paths.ts";
import type { Surroundings } from "./command.ts";

/** What the server itself asks of the CLI, with the same environment and settings. */
export function installationOptions(
  config: Config,
  surroundings: Surroundings,
  signal: AbortSignal,
): InstallationOptions {
  const { env, home, platform } = surroundings;
  return {
    claudePath: config.claudePath,
    allowApiKey: config.allowApiKey,
    env,
    home,
    platform,
    cliEnv: cliEnvironment(withNetworkSettings({ env, home, platform }, surroundings.readFile), config),
    settings: cliSettings(config),
    workingDirectory: workingDirectory(surroundings),
    signal,
  };
}
