import { cliEnvironment } from "../../claude/cli/environment.ts";
import type { InstallationOptions } from "../../claude/cli/installation.ts";
import { cliSettings } from "../../claude/cli/settings.ts";
import type { Config } from "../../config/config.ts";
import { workingDirectory } from "../../config/paths.ts";
import type { Call, Surroundings } from "../command.ts";
import { unlessAborted } from "../interruptible.ts";
import { checkCli } from "./check-cli.ts";
import { checkConfiguration } from "./check-configuration.ts";
import { checkLive, liveNotice } from "./check-live.ts";
import { checkLogin } from "./check-login.ts";
import { checkPort } from "./check-port.ts";
import { checkFolders, checkMemory, checkService } from "./check-system.ts";
import { CHECKS, type Check, type Finding, hasProblem } from "./finding.ts";

export type ExamineOptions = {
  readonly call: Call;
  /** Whether to ask the model. */
  readonly live: boolean;
  readonly signal: AbortSignal;
};

/** Looks at everything that the server needs. What depends on something that is broken is not checked, and says so. */
export async function examine({ call, live, signal }: ExamineOptions): Promise<Finding[]> {
  const { surroundings } = call;
  const { loaded, findings } = checkConfiguration(call);
  if (loaded === undefined) {
    const dependent = without(["cli", "login", "port", "live"], "the settings come first");
    const folders = checkFolders(surroundings, { store: true });
    return inOrder([...findings, ...dependent, ...folders, checkService(surroundings), checkMemory()]);
  }
  const { config } = loaded;
  const folders = checkFolders(surroundings, config);
  const options = installationOptions(config, surroundings, signal);
  const looks = hasProblem(folders)
    ? without(["cli", "login"], "the folder that it runs in cannot be had")
    : await checkInstallation(options, config, surroundings);
  const port = await unlessAborted(checkPort(config, surroundings), signal);
  const before = [...findings, ...looks, port.finding, ...folders];
  const isReachable = port.occupant?.kind === "ours" || !hasProblem([...looks, ...folders]);
  return inOrder([
    ...before,
    checkService(surroundings),
    checkMemory(),
    ...(await liveFindings({ live, isReachable, config, surroundings, signal })),
  ]);
}

async function checkInstallation(
  options: InstallationOptions,
  config: Config,
  { readFile }: Surroundings,
): Promise<Finding[]> {
  const { path, findings } = await checkCli(options);
  if (path === undefined) return [...findings, ...without(["login"], "there is no CLI to ask")];
  if (config.demo) return [...findings, ...without(["login"], "demo mode needs none")];
  return [...findings, ...(await checkLogin(path, options, readFile))];
}

type LiveOptions = {
  readonly live: boolean;
  readonly isReachable: boolean;
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
};

async function liveFindings({ live, isReachable, config, surroundings, signal }: LiveOptions): Promise<Finding[]> {
  if (!live) return without(["live"], "--live asks Claude one short question");
  if (!isReachable) return without(["live"], "the problems above come first");
  surroundings.terminal.writeError(`${liveNotice(config)}\n`);
  return [await checkLive(config, surroundings, signal)];
}

/** What the server itself asks of the CLI, with the same environment and settings. */
function installationOptions(config: Config, surroundings: Surroundings, signal: AbortSignal): InstallationOptions {
  const { env, home, platform } = surroundings;
  return {
    claudePath: config.claudePath,
    allowApiKey: config.allowApiKey,
    env,
    home,
    platform,
    cliEnv: cliEnvironment(env, config),
    settings: cliSettings(config),
    workingDirectory: workingDirectory(surroundings),
    signal,
  };
}

function without(checks: readonly Check[], reason: string): Finding[] {
  return checks.map((check) => ({ check, status: "not_checked", message: `Not checked: ${reason}.` }));
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return CHECKS.flatMap((check) => findings.filter((finding) => finding.check === check));
}
