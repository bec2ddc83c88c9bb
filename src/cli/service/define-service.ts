import { posix } from "node:path";
import { candidatePaths } from "../../claude/cli/locate.ts";
import { PROXY_VARIABLES } from "../../claude/cli/network-settings.ts";
import { ConfigError } from "../../config/errors.ts";
import { loadConfig, PATH_OPTIONS } from "../../config/load.ts";
import type { AnyOption } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import { expandHome, pathsOf } from "../../config/paths.ts";
import type { Flags } from "../../config/sources.ts";
import { type Call, PROGRAM, type Surroundings } from "../command.ts";
import { readFlags } from "../command-line/read-flags.ts";
import { serveCommand } from "../serve/command.ts";
import type { ServiceDefinition } from "./definition.ts";
import { REFUSED_API_KEY, SERVER_OPTIONS } from "./options.ts";

/** What this call wants to run as a service, checked as the server itself would check it, with warnings of what is odd but harmless. Throws ConfigError. */
export function defineService({ flags, surroundings }: Pick<Call, "flags" | "surroundings">) {
  const words = serverFlags({ flags, surroundings });
  const { environment, warnings } = serviceEnvironment(surroundings);
  const { version } = surroundings;
  const { config, warnings: odd } = configOf({ flags: words, environment }, surroundings);
  if (config.port === 0) throw new ConfigError(`--${OPTIONS.port.flag} 0: a service needs a port that stays the same.`);
  const { env, home, platform, system } = surroundings;
  const claude = candidatePaths({ explicitPath: config.claudePath, env, home, platform }).find(system.isExecutable);
  const definition: ServiceDefinition = {
    version,
    executable: executableOf(surroundings),
    flags: words,
    environment: surroundings.platform === "win32" ? {} : { PATH: searchPath(claude, surroundings), ...environment },
  };
  refusePath(definition.executable, surroundings);
  for (const text of [definition.executable, ...words, ...Object.values(definition.environment)]) {
    refuseUnwritable(text, surroundings);
  }
  return { definition, config, warnings: [...odd, ...warnings] };
}

/** The settings that a service runs with. Throws ConfigError, as the service itself would. */
export function configOf(
  { flags, environment }: Pick<ServiceDefinition, "flags" | "environment">,
  { home, platform, env, readFile }: Surroundings,
): ReturnType<typeof loadConfig> {
  const given = readFlags(flags, serveCommand, []).flags;
  // Windows says by variables where its folders are.
  const own = platform === "win32" ? { ...environment, APPDATA: env.APPDATA } : environment;
  return loadConfig({ flags: given, env: own, home, platform, readFile });
}

/**
 * The binary as the user placed it. A process knows only the file it was loaded from; where a link on PATH leads to that one, the link
 * is taken, since an update points it to another file.
 */
function executableOf({ executable: [binary = "", ...source], env, platform, system }: Surroundings): string {
  if (source.length > 0) {
    throw new Error(
      `a service needs the built binary, since a source tree moves and changes. Build it with \`npm run build\`, put ` +
        `dist/${PROGRAM} into a folder on your PATH, and run \`${PROGRAM} service install\` with that.`,
    );
  }
  const { join, delimiter, isAbsolute } = pathsOf(platform);
  const name = platform === "win32" ? `${PROGRAM}.exe` : PROGRAM;
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter(isAbsolute);
  const real = system.realPath(binary);
  const links = folders.map((folder) => join(folder, name));
  return links.find((link) => real !== undefined && system.realPath(link) === real) ?? binary;
}

/** What a service's environment takes over from this one: where things are, and how to reach the network. */
const TAKEN_OVER = [
  "CLAUDE_CONFIG_DIR",
  "XDG_CONFIG_HOME",
  "XDG_CACHE_HOME",
  "XDG_STATE_HOME",
  "NODE_EXTRA_CA_CERTS",
  "NODE_USE_SYSTEM_CA",
  "CLAUDE_CODE_CERT_STORE",
  "CLAUDE_CODE_CLIENT_CERT",
  "CLAUDE_CODE_CLIENT_KEY",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NO_PROXY",
  "no_proxy",
] as const;

/** Logins, and what else is secret, which are never written down here. */
const LOGINS = [
  "CLAUDE_CODE_OAUTH_TOKEN",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE",
] as const;

function serviceEnvironment({ env, platform }: Surroundings) {
  const set = [...TAKEN_OVER, ...PROXY_VARIABLES].filter((name) => env[name]);
  const logins = LOGINS.filter((name) => env[name]);
  if (platform === "win32") {
    // The variables of an account reach its tasks by themselves, and nothing else does.
    const names = [...set, ...logins];
    const only = `${names.join(", ")}: the service has it only if it is set for your account, and not just in this window.`;
    return { environment: {}, warnings: names.length === 0 ? [] : [only] };
  }
  // A name and a password may stand there without a scheme, too: `me:secret@proxy:80`.
  const secret = PROXY_VARIABLES.filter((name) => env[name]?.includes("@"));
  const taken = set.filter((name) => !secret.some((other) => other === name));
  const warnings = [
    ...secret.map((name) => `${name} holds credentials, so it is not written into the service.`),
    ...logins.map((name) => `${name} is set here, and is not written into the service.`),
  ];
  return { environment: Object.fromEntries(taken.map((name) => [name, env[name] ?? ""])), warnings };
}

/** The folder of the CLI that is found now, then the usual ones: service managers know few. */
function searchPath(claude: string | undefined, { home, platform }: Surroundings): string {
  const { dirname, delimiter } = posix;
  const usual = candidatePaths({ env: {}, home, platform }).map((path) => dirname(path));
  const folders = [...(claude === undefined ? [] : [dirname(claude)]), ...usual, "/bin", "/usr/sbin", "/sbin"];
  return [...new Set(folders)].join(delimiter);
}

/** systemd refuses such a path, however it is written. */
function refusePath(path: string, { platform }: Surroundings): void {
  if (platform !== "linux" || !/["'\\]/.test(path)) return;
  throw new ConfigError(
    `systemd starts no program whose path holds a quotation mark or a backslash: move ${path} elsewhere.`,
  );
}

/** The files of service managers have lines, and Windows looks for variables in a task. */
function refuseUnwritable(text: string, { platform }: Surroundings): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw new ConfigError(
      `${JSON.stringify(text)} cannot be written into a service: it must hold no control characters.`,
    );
  }
  if (platform === "win32" && /%|\$\(/.test(text)) {
    throw new ConfigError(
      `${JSON.stringify(text)} cannot be written into a scheduled task: it must hold no "%" and no "$(".`,
    );
  }
}

/**
 * The server's settings of this call as flags for the service, one word each: those given as flags, and those that this environment sets,
 * which the service will not have. What the configuration file sets stays there. Throws ConfigError for what cannot be written down.
 */
function serverFlags({ flags, surroundings }: Pick<Call, "flags" | "surroundings">): string[] {
  refuseSecrets(flags, surroundings);
  return SERVER_OPTIONS.flatMap((option) => {
    const given = flags[option.flag] ?? fromEnvironment(option, surroundings);
    return given.map((value) => asWord(option, value, surroundings));
  });
}

function fromEnvironment({ env }: AnyOption, surroundings: Surroundings): readonly string[] {
  const value = env === undefined ? undefined : surroundings.env[env];
  return value === undefined || value === "" ? [] : [value];
}

function asWord(option: AnyOption, value: string, { home, platform, system }: Surroundings): string {
  if (option.kind.takes === "none") {
    return option.kind.fromText([value]) === false ? `--no-${option.flag}` : `--${option.flag}`;
  }
  return `--${option.flag}=${PATH_OPTIONS.includes(option) ? pathsOf(platform).resolve(system.cwd, expandHome(value, { home, platform })) : value}`;
}

function refuseSecrets(flags: Flags, { env }: Surroundings): void {
  const { apiKey, apiKeyFile } = OPTIONS;
  const variable = apiKey.env ?? "";
  const from = flags[REFUSED_API_KEY.flag] !== undefined ? `--${apiKey.flag}` : env[variable] ? variable : undefined;
  if (from === undefined) return;
  throw new ConfigError(
    `${from}: a service's command line can be read by others, so no key is written there. Put the key into a file that only you ` +
      `can read, and say --${apiKeyFile.flag} FILE; or into the configuration file as "${apiKey.key}".` +
      (from === variable ? ` Then unset ${variable} here.` : ""),
  );
}
