import type { InstallationOptions } from "../../claude/cli/installation.ts";
import type { Config } from "../../config/config.ts";
import type { Call } from "../command.ts";
import { installationOptions } from "../installation-options.ts";
import { whereServerIs } from "../running-server/find-server.ts";
import { unlessAborted } from "../terminal/signals.ts";
import { checkCli, checkNetwork } from "./check-cli.ts";
import { checkConfiguration } from "./check-configuration.ts";
import { checkLive } from "./check-live.ts";
import { checkLogin } from "./check-login.ts";
import { checkPlan } from "./check-plan.ts";
import { checkPort } from "./check-port.ts";
import { checkService, installedService } from "./check-service.ts";
import { checkFolders, checkMemory } from "./check-system.ts";
import { CHECKS, type Check, type Finding, hasProblem, type Told } from "./finding.ts";
import { startCommand } from "./suggested-commands.ts";

/** Looks at everything that the server needs. What depends on something that is broken is not checked, and says so. `live`: whether to ask the model. */
export async function examine(call: Call, live: boolean, signal: AbortSignal): Promise<Finding[]> {
  const { surroundings } = call;
  const { loaded, findings: configuration } = checkConfiguration(call);
  const service = await unlessAborted(installedService(surroundings), signal);
  const asGiven = startCommand(call);
  const memory = [checkMemory(asGiven)];
  if (loaded === undefined) {
    const later = notChecked("the settings come first");
    return inOrder({
      ...{ configuration, memory, cli: later, login: later, port: later, plan: later, live: later },
      folders: checkFolders(surroundings, { store: true }),
      service: [checkService(service, undefined, surroundings)],
    });
  }
  const { config } = loaded;
  const folders = checkFolders(surroundings, config);
  const options = installationOptions(config, surroundings, signal);
  const first = notChecked("the folder that it runs in cannot be had");
  const { path, cli, login } = hasProblem(folders)
    ? { path: undefined, cli: first, login: first }
    : await checkInstallation(options, config, call);
  const port = await unlessAborted(
    checkPort(config, { surroundings, service, startCommand: asGiven, cliPath: path }),
    signal,
  );
  const asked = await unlessAborted(whereServerIs(call, config), signal);
  const isRunning = port.occupant?.kind === "ours" || asked !== config;
  const isReachable = isRunning || !hasProblem([...cli, ...login, ...folders]);
  const plan = checkPlan({ config: asked, surroundings, signal, isRunning, plan: login[0]?.facts?.plan });
  return inOrder({
    ...{ configuration, cli, login, folders, memory },
    port: [port.told],
    plan: [await unlessAborted(plan, signal)],
    service: [checkService(service, config, surroundings)],
    live: !live
      ? notChecked("--live asks Claude one short question")
      : isReachable
        ? [await checkLive(asked, surroundings, signal, path)]
        : notChecked("the problems above come first"),
  });
}

async function checkInstallation(options: InstallationOptions, config: Config, call: Call) {
  const { path, findings } = await checkCli(options, call);
  const cli = [...findings, ...checkNetwork(call.surroundings)];
  if (path === undefined) return { path, cli, login: notChecked("there is no CLI to ask") };
  if (config.demo) return { path, cli, login: notChecked("demo mode needs none") };
  return { path, cli, login: await checkLogin(path, options, call.surroundings.readFile, startCommand(call)) };
}

function notChecked(reason: string): Told[] {
  return [{ status: "not_checked", message: `Not checked: ${reason}.` }];
}

function inOrder(told: Readonly<Record<Check, readonly Told[]>>): Finding[] {
  return CHECKS.flatMap((check) => told[check].map((each) => ({ check, ...each })));
}
