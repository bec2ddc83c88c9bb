import type { ErrorCode } from "../../core/error.ts";

/** Where every way to install the CLI is described. */
export const SETUP_PAGE = "https://code.claude.com/docs/en/setup";

/** Signs in with a Claude account, in a browser. */
export const LOGIN_COMMAND = "claude auth login";

export const UPDATE_COMMAND = "claude update";

/** Stands at the end of what a server says of its CLI. A program that ends at once has nothing to notice: see {@link withoutRecovery}. */
export const RECOVERS = "The server notices by itself; no restart is needed.";

/** Installs the CLI without anything else on the machine, as its documentation puts first; on Windows in PowerShell. */
export function installCommand(platform: NodeJS.Platform): string {
  return platform === "win32"
    ? "irm https://claude.ai/install.ps1 | iex"
    : "curl -fsSL https://claude.ai/install.sh | bash";
}

/** The one command that mends what an error with this code says of the CLI; undefined where there is none. */
export function remedyFor(code: string, platform: NodeJS.Platform): string | undefined {
  const remedies: Partial<Record<ErrorCode, string>> = {
    cli_missing: installCommand(platform),
    cli_outdated: UPDATE_COMMAND,
    cli_logged_out: LOGIN_COMMAND,
    login_refused: LOGIN_COMMAND,
  };
  return Object.entries(remedies).find(([known]) => known === code)?.[1];
}

export function withoutRecovery(message: string): string {
  return message.replace(RECOVERS, "").trimEnd();
}
