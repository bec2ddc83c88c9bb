import { accessSync, constants, statSync } from "node:fs";
import { ApiError } from "../../core/error.ts";
import { authStatusArguments } from "./arguments.ts";
import { candidatePaths, type LocateOptions, locateClaude } from "./locate.ts";
import { type Login, parseAuthStatus } from "./login.ts";
import { isSupportedVersion, OLDEST_SUPPORTED_VERSION, parseVersion } from "./version.ts";

/** A CLI that can be used: found, new enough and logged in. */
export type Installation = { readonly path: string; readonly version: string; readonly login: string };

export type InstallationOptions = {
  readonly claudePath?: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Our own environment: where to look for the binary. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The environment the CLI gets. */
  readonly cliEnv: Record<string, string>;
  readonly workingDirectory: string;
  /** The settings the CLI gets, see settings.ts. */
  readonly settings: string;
  /** Whether a login that bills by use, rather than spends a subscription, may serve. */
  readonly allowApiKey: boolean;
};

const COMMAND_TIMEOUT_MS = 20_000;

/** Looks at the CLI as it is now. Throws an ApiError that says what is wrong and how to mend it. */
export async function inspectInstallation(options: InstallationOptions): Promise<Installation> {
  const path = locate(options);
  const [version, login] = await Promise.all([readVersion(path, options), readLogin(path, options)]);
  if (!isSupportedVersion(version)) throw outdated(path, version);
  if (login && !login.loggedIn) throw loggedOut();
  if (login?.billsByUse && !options.allowApiKey) throw billedByUse(login);
  return { path, version, login: login?.description ?? "unknown (this CLI does not tell)" };
}

export function loggedOut(cause?: unknown): ApiError {
  return new ApiError(
    "cli_logged_out",
    "The Claude CLI is not logged in. Run `claude` once and log in with your Claude account (or set CLAUDE_CODE_OAUTH_TOKEN " +
      "from `claude setup-token`). The server notices by itself; no restart is needed.",
    { cause },
  );
}

function billedByUse({ description }: Login): ApiError {
  return new ApiError(
    "cli_logged_out",
    `The Claude CLI has no subscription login, only ${description}. Run \`claude\` and log in with your Claude account (/login), ` +
      "or allow it with --allow-api-key. The server notices a login by itself; no restart is needed.",
  );
}

function outdated(path: string, version: string): ApiError {
  return new ApiError(
    "cli_outdated",
    `The Claude CLI at ${path} is version ${version}; at least ${OLDEST_SUPPORTED_VERSION} is needed. Run \`claude update\`. ` +
      "The server notices by itself; no restart is needed.",
  );
}

function locate(options: InstallationOptions): string {
  const locateOptions: LocateOptions = { ...options, explicitPath: options.claudePath, isExecutable };
  const path = locateClaude(locateOptions);
  if (path !== undefined) return path;
  const where =
    options.claudePath === undefined
      ? `on PATH or in the usual places (${candidatePaths(locateOptions).slice(-4).join(", ")} …)`
      : `at ${options.claudePath}`;
  throw new ApiError(
    "cli_missing",
    `The Claude CLI was not found ${where}. Install it (see https://code.claude.com/docs/en/setup), or name it with ` +
      "--claude-path. The server notices by itself; no restart is needed.",
  );
}

async function readVersion(path: string, options: InstallationOptions): Promise<string> {
  const { stdout, stderr, exitCode } = await runCommand(path, ["--version"], options);
  const version = parseVersion(stdout);
  if (version !== undefined) return version;
  const output = `${stdout} ${stderr}`.trim().replace(/\s+/g, " ").slice(0, 200);
  throw new ApiError(
    "cli_failed",
    `\`${path} --version\` did not print a version (exit code ${exitCode}): ${output || "no output"}. Reinstall the Claude CLI.`,
  );
}

/** Undefined when this CLI has no `auth status` we understand: then the first request will tell. */
async function readLogin(path: string, options: InstallationOptions): Promise<Login | undefined> {
  return parseAuthStatus((await runCommand(path, authStatusArguments(options.settings), options)).stdout);
}

async function runCommand(path: string, args: string[], options: InstallationOptions) {
  try {
    const child = Bun.spawn([path, ...args], {
      env: options.cliEnv,
      cwd: options.workingDirectory,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: COMMAND_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { stdout, stderr, exitCode };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError("cli_failed", `The Claude CLI at ${path} could not be started: ${reason}`, { cause });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
