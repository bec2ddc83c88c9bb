import { readdirSync, readFileSync } from "node:fs";
import { posix, win32 } from "node:path";
import { attempt } from "../../core/attempt.ts";
import { ApiError, type ErrorCode } from "../../core/error.ts";
import { parseJsonObject } from "../../core/json.ts";

/** A file of settings for all users of a machine, and the names of what it sets. */
export type ManagedSettings = { readonly file: string; readonly names: readonly string[] };

/** Where whoever manages a machine puts settings that the CLI applies over all others, ours included: see code.claude.com/docs/en/settings. */
function managedFolder(platform: NodeJS.Platform): string {
  if (platform === "win32") return "C:\\Program Files\\ClaudeCode";
  return platform === "darwin" ? "/Library/Application Support/ClaudeCode" : "/etc/claude-code";
}

/** The files of managed settings that there are. No value is told: there may be secrets among them. */
export function managedSettings(platform: NodeJS.Platform, folder = managedFolder(platform)): ManagedSettings[] {
  return managedFiles(platform, folder).flatMap((file) => read(file) ?? []);
}

/** Which files may hold managed settings: the one of old, and fragments in the order of their names, of which each goes before those ahead of it. */
export function managedFiles(platform: NodeJS.Platform, folder = managedFolder(platform), listed = namesIn): string[] {
  const { join } = platform === "win32" ? win32 : posix;
  const more = join(folder, "managed-settings.d");
  const fragments = listed(more).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  return [join(folder, "managed-settings.json"), ...fragments.sort().map((name) => join(more, name))];
}

/** What whoever manages the machine has to do with its login, as a sentence behind an error of that; empty where that is nothing. */
export function managedLogin(found: readonly ManagedSettings[]): string {
  const about = found.flatMap(({ file, names }) =>
    names.filter((name) => ABOUT_LOGIN.has(name)).map((name) => `${name} in ${file}`),
  );
  return about.length === 0 ? "" : ` The login is what whoever manages this machine has set: ${about.join(", ")}.`;
}

/** The error, with the file of managed settings that may have brought it about: they apply over ours. */
export function withManaged(error: ApiError, platform: NodeJS.Platform, folder?: string): ApiError {
  const isOfTurn =
    error.code === "cli_failed" || (error.code === "upstream_error" && error.upstreamStatus === undefined);
  if (!isOfTurn && !OF_LOGIN.has(error.code)) return error;
  const found = managedSettings(platform, folder);
  const more = isOfTurn ? managedHooks(found) : managedLogin(found);
  // What is wrong with the login as such may say so already.
  return error.message.includes(more) ? error : new ApiError(error.code, `${error.message}${more}`, error);
}

const OF_LOGIN: ReadonlySet<ErrorCode> = new Set(["cli_logged_out", "login_refused", "permission_denied"]);

function managedHooks(found: readonly ManagedSettings[]): string {
  const files = found.flatMap(({ file, names }) => (names.includes("hooks") ? [file] : []));
  return files.length === 0
    ? ""
    : ` Hooks that whoever manages this machine has set run in each turn, and may be why: see ${files.join(", ")}.`;
}

const ABOUT_LOGIN: ReadonlySet<string> = new Set(["apiKeyHelper", "forceLoginMethod", "forceLoginOrgUUID", "env"]);

/** The names in a folder, none where it cannot be read. */
export function namesIn(folder: string): string[] {
  return attempt(() => readdirSync(folder)) ?? [];
}

function read(file: string): ManagedSettings | undefined {
  const text = attempt(() => readFileSync(file, "utf8"));
  // Of one that is no JSON the CLI will say what is wrong.
  return text === undefined ? undefined : { file, names: Object.keys(parseJsonObject(text) ?? {}) };
}
