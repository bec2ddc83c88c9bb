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
import { CHECKS, type Check, type Finding, hasProblem } from "./finding.ts";
import { startCommand } from "./suggested-commands.ts";

/** Looks at everything that the server needs. What depends on something that is broken is not checked, and says so. `live`: whether to ask the model. */
export async function examine(call: Call, live: boolean, signal: AbortSignal): Promise<Finding[]> {
  const { surroundings } = call;
  const { loaded, findings } = checkConfiguration(call);
  const service = await unlessAborted(installedService(surroundings), signal);
  const asGiven = startCommand(call);
  const memory = checkMemory(asGiven);
  if (loaded === undefined) {
    const dependent = notChecked(["cli", "login", "port", "plan", "live"], "the settings come first");
    const folders = checkFolders(surroundings, { store: true });
    const serviceFinding = checkService(service, undefined, surroundings);
    return inOrder([...findings, ...dependent, ...folders, serviceFinding, memory]);
  }
  const { config } = loaded;
  const folders = checkFolders(surroundings, config);
  const options = installationOptions(config, surroundings, signal);
  const looks = hasProblem(folders)
    ? { path: undefined, findings: notChecked(["cli", "login"], "the folder that it runs in cannot be had") }
    : await checkInstallation(options, config, call);
  const cliPath = looks.path;
  const port = await unlessAborted(
    checkPort(config, { surroundings, service, startCommand: asGiven, cliPath }),
    signal,
  );
  const before = [...findings, ...looks.findings, port.finding, ...folders];
  const asked = await unlessAborted(whereServerIs(call, config), signal);
  const isRunning = port.occupant?.kind === "ours" || asked !== config;
  const isReachable = isRunning || !hasProblem([...looks.findings, ...folders]);
  const login = looks.findings.find(({ check }) => check === "login");
  const plan = checkPlan({ config: asked, surroundings, signal, isRunning, plan: login?.facts?.plan });
  return inOrder([
    ...before,
    await unlessAborted(plan, signal),
    checkService(service, config, surroundings),
    memory,
    ...(!live
      ? notChecked(["live"], "--live asks Claude one short question")
      : isReachable
        ? [await checkLive(asked, surroundings, signal, cliPath)]
        : notChecked(["live"], "the problems above come first")),
  ]);
}

async function checkInstallation(options: InstallationOptions, config: Config, call: Call) {
  const { path, findings } = await checkCli(options, call);
  const network = checkNetwork(call.surroundings);
  const and = (login: readonly Finding[]) => ({ path, findings: [...findings, ...network, ...login] });
  if (path === undefined) return and(notChecked(["login"], "there is no CLI to ask"));
  if (config.demo) return and(notChecked(["login"], "demo mode needs none"));
  return and(await checkLogin(path, options, call.surroundings.readFile, startCommand(call)));
}

function notChecked(checks: readonly Check[], reason: string): Finding[] {
  return checks.map((check) => ({ check, status: "not_checked", message: `Not checked: ${reason}.` }));
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return CHECKS.flatMap((check) => findings.filter((finding) => finding.check === check));
}
