import { accessSync, constants, statSync } from "node:fs";
import { ApiError } from "../../core/error.ts";
import { authStatusArguments } from "./arguments.ts";
import { candidatePaths, type LocateOptions, locateClaude } from "./locate.ts";
import { type Login, parseAuthStatus } from "./login.ts";
import { type CommandResult, runCommand as runBounded } from "./run-command.ts";
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
  /** How long the CLI may take to answer. */
  readonly timeoutMs?: number;
  /** Gives the look up: the processes that it started are ended. */
  readonly signal?: AbortSignal;
};

const COMMAND_TIMEOUT_MS = 10_000;

/** Looks at the CLI as it is now. Throws an ApiError that says what is wrong and how to mend it. */
export async function inspectInstallation(options: InstallationOptions): Promise<Installation> {
  const path = locate(options);
  const looks = [readVersion(path, options), readLogin(path, options)] as const;
  // Nothing of them still runs when one has failed.
  await Promise.allSettled(looks);
  const [version, login] = await Promise.all(looks);
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
  const { stdout, stderr, exitCode, timedOut } = await runCommand(path, ["--version"], options);
  const version = parseVersion(stdout);
  if (version !== undefined) return version;
  const output = `${stdout} ${stderr}`.trim().replace(/\s+/g, " ").slice(0, 200);
  if (timedOut) throw noAnswer(path, options, output);
  throw new ApiError(
    "cli_failed",
    `\`${path} --version\` did not print a version (exit code ${exitCode}): ${output || "no output"}. Reinstall the Claude CLI.`,
  );
}

/** Undefined when this CLI has no `auth status` we understand: then the first request will tell. */
async function readLogin(path: string, options: InstallationOptions): Promise<Login | undefined> {
  return parseAuthStatus((await runCommand(path, authStatusArguments(options.settings), options)).stdout);
}

function noAnswer(path: string, { timeoutMs = COMMAND_TIMEOUT_MS }: InstallationOptions, output: string): ApiError {
  return new ApiError(
    "cli_failed",
    `\`${path} --version\` did not answer within ${timeoutMs / 1000} seconds${output === "" ? "" : `, but printed: ${output}`}. ` +
      "Run it in a terminal to see why; if it is a wrapper script, name the real Claude CLI with --claude-path. The server notices " +
      "by itself; no restart is needed.",
  );
}

async function runCommand(path: string, args: string[], options: InstallationOptions): Promise<CommandResult> {
  const { cliEnv, workingDirectory, timeoutMs = COMMAND_TIMEOUT_MS, signal } = options;
  try {
    return await runBounded([path, ...args], { env: cliEnv, cwd: workingDirectory, timeoutMs, signal });
  } catch (cause) {
    signal?.throwIfAborted();
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
