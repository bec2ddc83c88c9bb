import { realpathSync } from "node:fs";
import {
  allInstallations,
  findInstallation,
  type InstallationOptions,
  readVersion,
  versionProblem,
} from "../../claude/cli/installation.ts";
import { installCommand, remedyFor, withoutRecovery } from "../../claude/cli/remedies.ts";
import { quoted } from "../../claude/cli/shell-word.ts";
import { compareVersions, NEWEST_TESTED_VERSION, OLDEST_SUPPORTED_VERSION } from "../../claude/cli/version.ts";
import { PROGRAM } from "../command.ts";
import type { Finding } from "./finding.ts";

export type Cli = {
  readonly findings: readonly Finding[];
  /** The CLI that is used, where it runs at all. */
  readonly path: string | undefined;
};

/** Which CLI there is, and whether it is one that the server takes. */
export async function checkCli(options: InstallationOptions): Promise<Cli> {
  try {
    const path = findInstallation(options);
    const version = await readVersion(path, options);
    const problem = versionProblem(path, version);
    if (problem) return { path, findings: [failed(problem, options)] };
    return { path, findings: [described(path, version), ...(await others({ path, version }, options))] };
  } catch (error) {
    return { path: undefined, findings: [failed(error, options)] };
  }
}

function described(path: string, version: string): Finding {
  const newer = compareVersions(version, NEWEST_TESTED_VERSION) > 0 ? ", which this one is newer than" : "";
  return {
    check: "cli",
    status: "ok",
    message: `Version ${version} at ${path} (needed: ${OLDEST_SUPPORTED_VERSION}; tested up to ${NEWEST_TESTED_VERSION}${newer}).`,
    facts: { path, version, oldest_supported: OLDEST_SUPPORTED_VERSION, newest_tested: NEWEST_TESTED_VERSION },
  };
}

function failed(error: unknown, { platform }: InstallationOptions): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return {
    check: "cli",
    status: "problem",
    message: withoutRecovery(message),
    command: remedyFor(code, platform) ?? installCommand(platform),
  };
}

/** Nobody has more that matter. */
const MOST_OTHERS = 5;

/** Further CLIs of other versions: an update may have gone to one that is not used. */
async function others(used: { path: string; version: string }, options: InstallationOptions): Promise<Finding[]> {
  const seen = new Set([realpath(used.path)]);
  const further = allInstallations(options).filter((path) => {
    const real = realpath(path);
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
  if (newest === undefined) return [{ check: "cli", status: "ok", message }];
  const command = `${PROGRAM} --claude-path ${quoted(newest.path, options.platform)}`;
  return [{ check: "cli", status: "warning", message, command }];
}

function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
