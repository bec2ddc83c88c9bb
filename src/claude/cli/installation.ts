import { accessSync, constants, statSync } from "node:fs";
import { attempt } from "../../core/attempt.ts";
import { ApiError } from "../../core/error.ts";
import { redacted } from "../process/child-output.ts";
import { authStatusArguments } from "./invocation.ts";
import { candidatePaths } from "./locate.ts";
import { type Login, parseAuthStatus } from "./login.ts";
import { managedLogin, managedSettings, namesIn } from "./managed-settings.ts";
import { type CommandOptions, type CommandResult, runCommand as runBounded } from "./run-command.ts";
import {
  installCommand,
  loginCommand,
  quoted,
  RECOVERS,
  SETUP_PAGE,
  type Shell,
  tokenCommand,
  updateCommand,
  versionCommand,
} from "./shell-commands.ts";
import { whyNotRunning, whyNotStarted } from "./start-failure.ts";
import {
  compareVersions,
  isSupportedVersion,
  NEWEST_TESTED_VERSION,
  OLDEST_SUPPORTED_VERSION,
  parseVersion,
} from "./version.ts";

/** A CLI that can be used: found, new enough and logged in. */
export type Installation = { readonly path: string; readonly version: string; readonly login: string };

export type InstallationOptions = Pick<CommandOptions, "guard"> & {
  readonly claudePath?: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Our own environment: where to look for the binary. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The environment the CLI gets. */
  readonly cliEnv: Record<string, string>;
  readonly workingDirectory: string;
  /** The settings the CLI gets, see `cliSettings`. */
  readonly settings: string;
  /** Whether a login that bills by use, rather than spends a subscription, may serve. */
  readonly allowApiKey: boolean;
  /** Where managed settings are; default: the platform's place. */
  readonly managedFolder?: string;
  /** How long the CLI may take to answer. */
  readonly timeoutMs?: number;
  /** Gives the look up: the processes that it started are ended. */
  readonly signal?: AbortSignal;
};

const COMMAND_TIMEOUT_MS = 10_000;

/** Looks at the CLI as it is now. Throws an ApiError that says what is wrong and how to mend it. */
export async function inspectInstallation(options: InstallationOptions): Promise<Installation> {
  const path = findInstallation(options);
  const looks = [readVersion(path, options), readLogin(path, options)] as const;
  // Nothing of them still runs when one has failed.
  await Promise.allSettled(looks);
  const [version, login] = await Promise.all(looks);
  const problem = versionProblem(path, version, options) ?? loginProblem(login, options, path);
  if (problem) throw problem;
  return { path, version, login: login?.description ?? UNKNOWN_LOGIN };
}

export const UNKNOWN_LOGIN = "unknown (this CLI does not tell)";

/** Where the CLI is. Throws an ApiError where it is not. */
export function findInstallation(options: InstallationOptions): string {
  const path = candidatesOf(options).find(isExecutable);
  if (path !== undefined) return path;
  throw new ApiError("cli_missing", whyNotFound(options));
}

/** Every path at which it is looked for, in order. */
function candidatesOf(options: InstallationOptions): string[] {
  return candidatePaths({ ...options, explicitPath: options.claudePath, namesIn });
}

function whyNotFound(options: InstallationOptions): string {
  const { claudePath, platform } = options;
  const unusable = unusableFile(options);
  if (unusable !== undefined) {
    return `The Claude CLI at ${unusable} cannot be run: the file is not executable. Run \`${executableCommand(unusable, platform)}\`. ${RECOVERS}`;
  }
  if (claudePath !== undefined) {
    return (
      `The Claude CLI was not found at ${claudePath}${isDirectory(claudePath) ? ", which is a folder" : ""}. Name another with --claude-path ` +
      '(CLAUDE_MAX_API_CLAUDE_PATH, "claudePath" in the configuration file), or leave that out: then one is looked for on PATH and in the usual places.'
    );
  }
  const further = platform === "win32" ? " and npm" : ", npm, Homebrew, nvm, fnm, mise, asdf, nix and snap";
  return (
    `The Claude CLI was not found on PATH or in the usual places (of its installer${further}). Install it with ` +
    `\`${installCommand(platform)}\` (other ways: ${SETUP_PAGE}), or name it with --claude-path. ${RECOVERS}`
  );
}

/** A file that stands where the CLI is looked for, and cannot be run. */
export function unusableFile(options: InstallationOptions): string | undefined {
  return candidatesOf(options).find((path) => isFile(path) && !isExecutable(path));
}

/** Lets a file be run. */
export function executableCommand(path: string, platform: NodeJS.Platform): string {
  return `chmod +x ${quoted(path, platform)}`;
}

/** Every CLI there is where one is looked for, the one that is used first. */
export function allInstallations(options: InstallationOptions): string[] {
  return candidatesOf(options).filter(isExecutable);
}

/** The path is that of the CLI, where it is known. */
export function loggedOut(shell?: Shell, path?: string, more = ""): ApiError {
  return new ApiError(
    "cli_logged_out",
    `The Claude CLI is not logged in. Run \`${loginCommand(shell, path)}\` and log in with your Claude account (or set ` +
      `CLAUDE_CODE_OAUTH_TOKEN from \`${tokenCommand(shell, path)}\`).${more} ${RECOVERS}`,
  );
}

/**
 * A turn said that nobody is logged in, and the CLI that was asked then says who is; undefined where it does not tell. Anthropic's documentation
 * announces `--bare`, which reads no login, as the default of `-p`: 2.1.332 then asks nobody, with a token in its environment, too.
 */
export function loginUnread({ path, version, login }: Installation, shell: Shell): ApiError | undefined {
  if (login === UNKNOWN_LOGIN) return undefined;
  const isNewer = compareVersions(version, NEWEST_TESTED_VERSION) > 0;
  const cause = isNewer
    ? `Perhaps version ${version} no longer reads a login with -p, as Anthropic has announced of a coming one. Install the newest that this server was tested ` +
      `with, by \`${versionCommand(NEWEST_TESTED_VERSION, shell, path)}\`. If that says the same,`
    : `Perhaps it cannot read what is stored, as where a keychain is locked. Log in anew with \`${loginCommand(shell, path)}\`, or`;
  return new ApiError(
    "login_unread",
    `The Claude CLI says that it uses ${login}, but answers requests as if nobody were logged in. ${cause} ` +
      `set CLAUDE_CODE_OAUTH_TOKEN ${shell.env.CLAUDE_CODE_OAUTH_TOKEN ? "anew, " : ""}from \`${tokenCommand(shell, path)}\`. The server tries again once a minute.`,
  );
}

/** What keeps this version from being used. */
export function versionProblem(path: string, version: string, shell: Shell): ApiError | undefined {
  if (isSupportedVersion(version)) return undefined;
  return new ApiError(
    "cli_outdated",
    `The Claude CLI at ${path} is version ${version}; at least ${OLDEST_SUPPORTED_VERSION} is needed. Run \`${updateCommand(shell, path)}\`. ${RECOVERS}`,
  );
}

/** What keeps this login from being used; nothing does where the CLI does not tell its login. */
export function loginProblem(
  login: Login | undefined,
  options: Pick<InstallationOptions, "allowApiKey" | "env" | "platform" | "managedFolder">,
  path: string,
): ApiError | undefined {
  if (login === undefined) return undefined;
  const managed = managedLogin(managedSettings(options.platform, options.managedFolder));
  if (!login.loggedIn) return loggedOut(options, path, managed);
  if (!login.billsByUse || options.allowApiKey) return undefined;
  return new ApiError(
    "cli_logged_out",
    `The Claude CLI has no subscription login, only ${login.description}. Run \`${loginCommand(options, path)}\` and log in with your Claude ` +
      `account (in a running \`claude\`: /login), or allow it with --allow-api-key.${managed} The server notices a login by itself; no restart is needed.`,
  );
}

/** What `--version` prints. Throws an ApiError where that is no version. */
export async function readVersion(path: string, options: InstallationOptions): Promise<string> {
  const { stdout, stderr, exitCode, timedOut } = await runCommand(path, ["--version"], options);
  const version = parseVersion(stdout);
  if (version !== undefined) return version;
  const output = redacted(`${stdout} ${stderr}`).slice(0, 200);
  if (timedOut) {
    const { timeoutMs = COMMAND_TIMEOUT_MS } = options;
    const late = `\`${path} --version\` did not answer within ${timeoutMs / 1000} seconds${output === "" ? "" : `, but printed: ${output}`}. `;
    const mend =
      "Run it in a terminal to see why; if it is a wrapper script, name the real Claude CLI with --claude-path.";
    throw new ApiError("cli_failed", `${late}${mend} ${RECOVERS}`);
  }
  const why = whyNotRunning(path, { exitCode, output: stderr });
  if (why !== undefined)
    throw new ApiError("cli_failed", `The Claude CLI at ${path} does not run: ${why}. ${RECOVERS}`);
  throw new ApiError(
    "cli_failed",
    `\`${path} --version\` did not print a version (exit code ${exitCode}): ${output || "no output"}. Reinstall the Claude CLI.`,
  );
}

/** Undefined when this CLI has no `auth status` we understand: then the first request will tell. */
export async function readLogin(path: string, options: InstallationOptions): Promise<Login | undefined> {
  return parseAuthStatus((await runCommand(path, authStatusArguments(options.settings), options)).stdout);
}

async function runCommand(path: string, args: string[], options: InstallationOptions): Promise<CommandResult> {
  const { cliEnv, workingDirectory, timeoutMs = COMMAND_TIMEOUT_MS, signal, guard } = options;
  try {
    return await runBounded([path, ...args], { env: cliEnv, cwd: workingDirectory, timeoutMs, signal, guard });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ApiError("cli_failed", whyNotStarted(path, cause), { cause });
  }
}

function isExecutable(path: string): boolean {
  return attempt(() => accessSync(path, constants.X_OK) ?? isFile(path)) === true;
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
