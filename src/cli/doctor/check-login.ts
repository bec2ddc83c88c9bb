import { statSync } from "node:fs";
import { join } from "node:path";
import { type InstallationOptions, loginProblem, readLogin, UNKNOWN_LOGIN } from "../../claude/cli/installation.ts";
import { credentialsStamp } from "../../claude/cli/installation-monitor.ts";
import { API_KEY_VARIABLES, NOT_FROM_USER_FILES } from "../../claude/cli/invocation.ts";
import type { Login } from "../../claude/cli/login.ts";
import { managedSettings } from "../../claude/cli/managed-settings.ts";
import { loginCommand, quoted, updateCommand, withoutRecovery } from "../../claude/cli/shell-commands.ts";
import { attempt } from "../../config/errors.ts";
import { OPTIONS } from "../../config/options.ts";
import type { ReadFile } from "../../config/text-file.ts";
import type { Told } from "./finding.ts";
import { type StartCommand, unsetCommand } from "./suggested-commands.ts";

const DAY_MS = 86_400_000;
/** So long before a login ends, it is worth a warning. */
const SOON_DAYS = 3;

/** Which login the CLI uses, and what else could be billed. */
export async function checkLogin(
  path: string,
  options: InstallationOptions,
  readFile: ReadFile,
  startCommand: StartCommand,
): Promise<Told[]> {
  const login = await readLogin(path, options);
  return [
    ...describe({ login, path, startCommand }, options),
    ...hiddenLogin(options),
    ...strayKeys(options),
    ...userEnv(options, readFile),
    ...managed(options),
    ...staleLocks(options),
  ];
}

type Used = { readonly login: Login | undefined; readonly path: string; readonly startCommand: StartCommand };

function describe({ login, path, startCommand }: Used, options: InstallationOptions): Told[] {
  const logIn = loginCommand(options, path);
  const finding = (rest: Omit<Told, "facts">): Told[] => [{ ...rest, facts }];
  const facts = factsOf(login);
  if (login === undefined) {
    const message = `The login is ${UNKNOWN_LOGIN}; --live shows whether it works.`;
    return finding({ status: "warning", message, command: updateCommand(options, path) });
  }
  const problem = loginProblem(login, options, path);
  if (problem) return finding({ status: "problem", message: withoutRecovery(problem.message), command: logIn });
  const uses = `The CLI uses ${login.description}`;
  if (login.billsByUse) {
    const command = startCommand({ [OPTIONS.allowApiKey.flag]: "false" });
    return finding({ status: "warning", message: `${uses}, as --allow-api-key lets it.`, command });
  }
  const days = login.expiresAt === undefined ? undefined : (login.expiresAt.getTime() - Date.now()) / DAY_MS;
  const end = login.expiresAt?.toISOString().slice(0, 10);
  if (days === undefined) return finding({ status: "ok", message: `${uses}.` });
  if (days <= 0) return finding({ status: "problem", message: `${uses}, which ended on ${end}.`, command: logIn });
  return days > SOON_DAYS
    ? finding({ status: "ok", message: `${uses}, until ${end}.` })
    : finding({ status: "warning", message: `${uses}, which ends on ${end}.`, command: logIn });
}

/** What is set for all users of this machine, by name. */
function managed({ platform, managedFolder }: InstallationOptions): Told[] {
  return managedSettings(platform, managedFolder).map(({ file, names }) => ({
    status: names.some((name) => name === "hooks" || name === "apiKeyHelper") ? "warning" : "ok",
    message:
      `Managed settings apply to all that the CLI does, here as well: ${file} sets ${names.join(", ") || "nothing that can be read"}.` +
      (names.includes("hooks") ? " Its hooks run in each turn." : "") +
      (names.includes("apiKeyHelper") ? " Its apiKeyHelper takes the place of a login." : ""),
    facts: { managed_settings: file },
  }));
}

/** The CLI takes a lock whose holder has not renewed it for so long for one that was left behind; it does so every five seconds. */
const STALE_LOCK_MS = 60_000;

/** Locks that a CLI left behind which was killed while it renewed the login: until they are gone, no program of this user may renew it. */
function staleLocks({ env, home, platform }: InstallationOptions): Told[] {
  const folder = env.CLAUDE_CONFIG_DIR || join(home, ".claude");
  return [join(folder, ".oauth_refresh.lock"), `${folder}.lock`].flatMap((lock) => {
    const seen = statSync(lock, { throwIfNoEntry: false });
    const minutes = seen && (Date.now() - seen.mtimeMs) / 60_000;
    if (minutes === undefined || minutes * 60_000 < STALE_LOCK_MS) return [];
    const message = `${lock} was left behind ${Math.round(minutes)} minutes ago: it can keep every program of this user from renewing the login.`;
    const command =
      platform === "win32" ? `Remove-Item -Recurse ${quoted(lock, platform)}` : `rm -r ${quoted(lock, platform)}`;
    return [{ status: "warning", message, command }] as const;
  });
}

function factsOf(login: Login | undefined): Told["facts"] {
  if (login === undefined) return {};
  const { loggedIn, method, billsByUse, plan, expiresAt } = login;
  return {
    logged_in: loggedIn,
    method,
    bills_by_use: billsByUse,
    ...(plan !== undefined && { plan }),
    ...(expiresAt !== undefined && { expires_at: expiresAt.toISOString() }),
  };
}

/** A token goes before a stored login, also where that is newer, and the token has ended. */
function hiddenLogin({ env, home, platform }: InstallationOptions): Told[] {
  if (!env[TOKEN] || credentialsStamp({ env, home }) === undefined) return [];
  const message = `${TOKEN} is set, and goes before the login that is stored. If you have logged in since, take it away.`;
  return [{ status: "warning", message, command: unsetCommand(TOKEN, platform) }];
}

const TOKEN = "CLAUDE_CODE_OAUTH_TOKEN";

/** Keys in our own environment: not passed on, but `claude` itself would use them. */
function strayKeys({ env, allowApiKey, platform }: InstallationOptions): Told[] {
  if (allowApiKey) return [];
  return API_KEY_VARIABLES.filter((name) => env[name]).map((name) => ({
    status: "warning",
    message: `${name} is set. It is not passed on, so nothing is billed to it; \`claude\` in this terminal would use it.`,
    command: unsetCommand(name, platform),
  }));
}

/** The variables that the `env` block of Claude Code's own file sets, which the CLI applies over its environment. Names alone. */
function userEnv({ env, home, allowApiKey }: InstallationOptions, readFile: ReadFile): Told[] {
  const file = join(env.CLAUDE_CONFIG_DIR || home, ".claude.json");
  const names = envNames(file, readFile);
  if (names.length === 0) return [];
  const withoutEffect: readonly string[] = [...NOT_FROM_USER_FILES, ...(allowApiKey ? [] : API_KEY_VARIABLES)];
  const overridden = names.filter((name) => withoutEffect.includes(name));
  const applied = names.filter((name) => !overridden.includes(name));
  const parts = [
    ...(overridden.length > 0 ? [`${overridden.join(", ")} (without effect here)`] : []),
    ...(applied.length > 0 ? [`${applied.join(", ")} (applied to every request)`] : []),
  ];
  return [{ status: "ok", message: `The env block of ${file} sets ${parts.join(" and ")}.` }];
}

function envNames(file: string, readFile: ReadFile): string[] {
  // There is none, or the CLI itself will say what is wrong with it.
  const config: unknown = attempt(() => JSON.parse(readFile(file)));
  const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
  return isObject(config) && "env" in config && isObject(config.env) ? Object.keys(config.env) : [];
}
