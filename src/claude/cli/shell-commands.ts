import { posix, win32 } from "node:path";
import type { ErrorCode } from "../../core/error.ts";
import type { LocateOptions } from "./locate.ts";

/** A word as the shell of the platform takes it for one: PowerShell on Windows. */
export function quoted(word: string, platform: NodeJS.Platform): string {
  const plain = platform === "win32" ? /^[\w+=:./\\-]+$/ : /^(?!~)[\w@%+=:,./~-]+$/;
  if (plain.test(word)) return word;
  return platform === "win32" ? `'${word.replaceAll("'", "''")}'` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command as one would type it. PowerShell takes a quoted word for a text, unless `&` says that it is a program. */
export function commandText(argv: readonly string[], platform: NodeJS.Platform): string {
  const line = argv.map((word) => quoted(word, platform)).join(" ");
  return platform === "win32" && line.startsWith("'") ? `& ${line}` : line;
}

/** Where every way to install the CLI is described. */
export const SETUP_PAGE = "https://code.claude.com/docs/en/setup";

/** What a command line of the CLI depends on. */
export type Shell = Pick<LocateOptions, "env"> & { readonly platform: NodeJS.Platform };

/** npm puts it on the PATH of what it runs; the shell that `npm start` was typed in does not have it. */
const OF_NPM = /[\\/]node_modules[\\/]\.bin[\\/]?$/;

/** A command of the CLI at a path, which is typed where the shell would not find it; that of any where none is known. */
function claudeCommand(words: string, shell: Shell | undefined, path: string | undefined): string {
  if (shell === undefined || path === undefined) return `claude ${words}`;
  const { env, platform } = shell;
  const { dirname, basename, resolve, delimiter } = platform === "win32" ? win32 : posix;
  const folders = (env.PATH ?? env.Path ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !OF_NPM.test(folder));
  const isFound = folders.some((folder) => resolve(folder) === dirname(path));
  return isFound && /^claude(\.exe)?$/.test(basename(path))
    ? `claude ${words}`
    : `${commandText([path], platform)} ${words}`;
}

/** Signs in with a Claude account, in a browser. */
export const loginCommand = (shell?: Shell, path?: string) => claudeCommand("auth login", shell, path);

/** Ends the login, for all that use it. */
export const logoutCommand = (shell?: Shell, path?: string) => claudeCommand("auth logout", shell, path);

/** Makes a token for machines without a browser or keychain. */
export const tokenCommand = (shell?: Shell, path?: string) => claudeCommand("setup-token", shell, path);

/** Puts a version in the place of the one that is installed, also an older one. */
export const versionCommand = (version: string, shell?: Shell, path?: string) =>
  claudeCommand(`install ${version}`, shell, path);

export const updateCommand = (shell?: Shell, path?: string) => claudeCommand("update", shell, path);

/** Stands at the end of what a server says of its CLI. A program that ends at once has nothing to notice: see {@link withoutRecovery}. */
export const RECOVERS = "The server notices by itself; no restart is needed.";

/** Installs the CLI without anything else on the machine, as its documentation puts first; on Windows in PowerShell. */
export function installCommand(platform: NodeJS.Platform): string {
  return platform === "win32"
    ? "irm https://claude.ai/install.ps1 | iex"
    : "curl -fsSL https://claude.ai/install.sh | bash";
}

/** The one command that mends what an error with this code says of the CLI at the path; undefined where there is none. */
export function remedyFor(code: string, shell: Shell, path: string | undefined): string | undefined {
  const remedies: Partial<Record<ErrorCode, string>> = {
    cli_missing: installCommand(shell.platform),
    cli_outdated: updateCommand(shell, path),
    cli_logged_out: loginCommand(shell, path),
    login_refused: loginCommand(shell, path),
  };
  return Object.entries(remedies).find(([known]) => known === code)?.[1];
}

export function withoutRecovery(message: string): string {
  return message.replace(RECOVERS, "").trimEnd();
}
