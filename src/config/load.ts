import { resolveApiKeys } from "./api-keys.ts";
import { type Config, configFrom } from "./config.ts";
import { ConfigError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { isLoopbackHost } from "./network-names.ts";
import { type AnyOption, ENV_PREFIX } from "./option.ts";
import { ALL_OPTIONS, OPTIONS } from "./options.ts";
import { configFilePath, expandHome, type PathContext } from "./paths.ts";
import { readConfigFile } from "./read-config-file.ts";
import { type Environment, environmentSource, type Flags, flagSource, resolve, type Source } from "./sources.ts";
import { type ReadFile, readNamedFile, readOptionalFile } from "./text-file.ts";

export type ConfigInput = PathContext & {
  readonly flags: Flags;
  readonly readFile: ReadFile;
};

export type LoadedConfig = {
  readonly config: Config;
  /** What is odd but harmless, one sentence each. */
  readonly warnings: readonly string[];
  /** The files that settings were read from. */
  readonly files: { readonly config?: string; readonly apiKeys?: string };
};

/** Each setting as a server would have it, and where its value comes from; undefined for a default. Throws ConfigError for what is not well-formed. */
export function settingsInUse(input: ConfigInput) {
  const given = [flagSource(input.flags), environmentSource(input.env)];
  const file = openConfigFile(given, input);
  const sources = file === undefined ? given : [...given, file.source];
  return ALL_OPTIONS.filter(({ env }) => env !== undefined).map((option) => {
    const found = resolve(option, sources);
    return { option, value: found === undefined ? option.default : found.value, label: found?.label };
  });
}

/** Merges flags, environment, configuration file and defaults, in this order of precedence. Throws ConfigError. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const given = [flagSource(input.flags), environmentSource(input.env)].map((source) => inHome(source, input));
  const file = openConfigFile(given, input);
  const sources = file === undefined ? given : [...given, inHome(file.source, input)];
  const apiKeys = resolveApiKeys(sources, input.readFile);
  const config = configFrom((option) => resolve(option, sources)?.value ?? option.default, apiKeys);
  refuseOpenServer(config, sources);
  return {
    config,
    warnings: [...environmentWarnings(input.env), ...originWarnings(config)],
    files: { config: file?.path, apiKeys: apiKeys.file },
  };
}

/** Those whose values are paths. */
export const PATH_OPTIONS: readonly AnyOption[] = [
  OPTIONS.claudePath,
  OPTIONS.apiKeyFile,
  OPTIONS.logFile,
  OPTIONS.config,
];

function inHome(source: Source, context: PathContext): Source {
  return (option) => {
    const given = source(option);
    if (given === undefined || typeof given.value !== "string" || !PATH_OPTIONS.includes(option)) return given;
    return { ...given, value: expandHome(given.value, context) };
  };
}

function openConfigFile(given: readonly Source[], input: ConfigInput): { path: string; source: Source } | undefined {
  const named = resolve(OPTIONS.config, given);
  const path = named?.value ?? configFilePath(input);
  const content =
    named === undefined
      ? readOptionalFile(path, "the configuration file", input.readFile)
      : readNamedFile(path, named.label, input.readFile);
  return content === undefined ? undefined : { path, source: readConfigFile(path, content) };
}

/** A server that other machines reach spends the subscription for whoever finds it: it needs a key. */
function refuseOpenServer({ hosts, apiKeys }: Config, sources: readonly Source[]): void {
  const host = hosts.find((host) => !isLoopbackHost(host));
  if (host === undefined || apiKeys.length > 0) return;
  const { flag, env, default: usual } = OPTIONS.host;
  const key = OPTIONS.apiKey;
  throw new ConfigError(
    `${resolve(OPTIONS.host, sources)?.label ?? `--${flag}`}: other machines can reach ${host}, so anyone there could spend your subscription. ` +
      `Set a key with --${key.flag}, ${key.env} or --${OPTIONS.apiKeyFile.flag}, or keep the default ${usual} (--${flag}, ${env}).`,
  );
}

/** Sandboxed frames of any page have this origin, so it keeps nobody out. */
function originWarnings({ allowedOrigins, apiKeys }: Config): string[] {
  if (!allowedOrigins.includes("null") || apiKeys.length > 0) return [];
  return [
    `--${OPTIONS.allowOrigin.flag} null: any web page can send that origin, and spend your subscription. Set a key with --${OPTIONS.apiKeyFile.flag}.`,
  ];
}

function environmentWarnings(environment: Environment): string[] {
  const known = ALL_OPTIONS.flatMap(({ env }) => env ?? []);
  return Object.entries(environment).flatMap(([name, text]) => {
    if (!name.startsWith(ENV_PREFIX) || text === undefined) return [];
    if (!known.includes(name))
      return [`ignoring the unknown environment variable ${name}.${similarVariable(name, known)}`];
    return text === "" ? [`ignoring ${name}: it is set, but empty.`] : [];
  });
}

/** Compared without the prefix, which would make any two variables look alike. */
function similarVariable(name: string, known: readonly string[]): string {
  const bare = (variable: string) => variable.slice(ENV_PREFIX.length);
  const meant = nearest(bare(name), known.map(bare));
  return meant === undefined ? "" : ` Did you mean ${ENV_PREFIX}${meant}?`;
}
