import {
  allInstallations,
  executableCommand,
  findInstallation,
  type InstallationOptions,
  readVersion,
  unusableFile,
  versionProblem,
} from "../../claude/cli/installation.ts";
import { networkSettings } from "../../claude/cli/network-settings.ts";
import { installCommand, remedyFor, withoutRecovery } from "../../claude/cli/shell-commands.ts";
import { compareVersions, NEWEST_TESTED_VERSION, OLDEST_SUPPORTED_VERSION } from "../../claude/cli/version.ts";
import { reasonOf } from "../../config/errors.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Call, Surroundings } from "../command.ts";
import type { Told } from "./finding.ts";
import { startCommand, unsetCommand } from "./suggested-commands.ts";

/** Which CLI there is, where it runs at all, and whether it is one that the server takes. */
export async function checkCli(options: InstallationOptions, call: Call) {
  try {
    const path = findInstallation(options);
    const version = await readVersion(path, options);
    const problem = versionProblem(path, version, options);
    if (problem) return { path, findings: [failed(problem, options, { call, path })] };
    return { path, findings: [described(path, version), ...(await others({ path, version }, options, call))] };
  } catch (error) {
    return { path: undefined, findings: [failed(error, options, { call })] };
  }
}

function described(path: string, version: string): Told {
  const newer = compareVersions(version, NEWEST_TESTED_VERSION) > 0 ? ", which this one is newer than" : "";
  return {
    status: "ok",
    message: `Version ${version} at ${path} (needed: ${OLDEST_SUPPORTED_VERSION}; tested up to ${NEWEST_TESTED_VERSION}${newer}).`,
    facts: { path, version, oldest_supported: OLDEST_SUPPORTED_VERSION, newest_tested: NEWEST_TESTED_VERSION },
  };
}

type Context = { readonly call: Call; readonly path?: string };

function failed(error: unknown, options: InstallationOptions, { call, path }: Context): Told {
  const message = reasonOf(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return {
    status: "problem",
    message: withoutRecovery(message),
    command:
      code === "cli_missing"
        ? findCommand(options, call)
        : (remedyFor(code, options, path) ?? installCommand(options.platform)),
  };
}

/** What lets a CLI be found that is not: where a wrong one is named, to name none. */
function findCommand(options: InstallationOptions, call: Call): string | undefined {
  const { claudePath, env, platform } = options;
  const unusable = unusableFile(options);
  if (unusable !== undefined) return executableCommand(unusable, platform);
  if (claudePath === undefined) return installCommand(platform);
  const { flag, env: variable = "" } = OPTIONS.claudePath;
  if (call.flags[flag] !== undefined) return startCommand(call)({ [flag]: undefined });
  // Where the configuration file names it, no command takes that out.
  return env[variable] ? unsetCommand(variable, platform) : undefined;
}

/** Nobody has more that matter. */
const MOST_OTHERS = 5;

/** Further CLIs of other versions: an update may have gone to one that is not used. */
async function others(
  used: { path: string; version: string },
  options: InstallationOptions,
  call: Call,
): Promise<Told[]> {
  const { realPath } = call.surroundings.system;
  const seen = new Set([realPath(used.path) ?? used.path]);
  const further = allInstallations(options).filter((path) => {
    const real = realPath(path) ?? path;
    return !seen.has(real) && seen.add(real);
  });
  const versions = further.slice(0, MOST_OTHERS).map(async (path) => {
    const version = await readVersion(path, options).catch(() => undefined);
    return { path, version };
  });
  const different = (await Promise.all(versions)).filter(({ version }) => version !== used.version);
  if (different.length === 0) return [];
  const list = different.map(({ path, version = "which does not run" }) => `${path} (${version})`).join(", ");
  const newest = different
    .filter(({ version }) => version !== undefined && compareVersions(version, used.version) > 0)
    .sort((a, b) => compareVersions(b.version ?? "", a.version ?? ""))[0];
  const message = `There are others: ${list}. The one in use is found first.`;
  if (newest === undefined) return [{ status: "ok", message }];
  const command = startCommand(call)({ [OPTIONS.claudePath.flag]: newest.path });
  return [{ status: "warning", message, command }];
}

/** By which variables the CLI reaches the network, and where they are set. Names alone: a proxy's value may hold a password. */
export function checkNetwork(surroundings: Pick<Surroundings, "env" | "home" | "platform" | "readFile">): Told[] {
  const settings = networkSettings(surroundings, surroundings.readFile);
  if (settings.length === 0) return [];
  const list = settings.map(({ name, file = "the environment" }) => `${name} (${file})`).join(", ");
  return [{ status: "ok", message: `To reach the network it gets ${list}.` }];
}
