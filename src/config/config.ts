import type { ResolvedKeys } from "./api-keys.ts";
import { nearestHost } from "./network-names.ts";
import type { Option } from "./option.ts";
import { OPTIONS } from "./options.ts";

/** The settings the program runs with, after flags, environment, file and defaults were merged and checked. */
export type Config = Readonly<ReturnType<typeof configFrom>>;

/** Processes at once, unless more requests may be answered at the same moment. */
const MAX_WORKERS = 8;

type ValueOf = <T, Default extends T | undefined>(option: Option<T, Default>) => T | Default;

/** Puts the settings together. `value` tells that of an option. */
export function configFrom(value: ValueOf, { keys, names }: ResolvedKeys) {
  const hosts = [value(OPTIONS.host)].flat();
  return {
    port: value(OPTIONS.port),
    /** What is listened on. */
    hosts,
    /** The one of these by which programs of this machine reach the server. */
    host: nearestHost(hosts),
    /** Where the `claude` binary is; undefined: looked for on PATH and in its usual install places. */
    claudePath: value(OPTIONS.claudePath),
    /** Where the CLI sends its API traffic; undefined: the CLI's own default. */
    anthropicBaseUrl: value(OPTIONS.anthropicBaseUrl),
    warm: value(OPTIONS.warm),
    maxConcurrency: value(OPTIONS.maxConcurrency),
    maxWorkers: value(OPTIONS.maxWorkers) ?? Math.max(MAX_WORKERS, value(OPTIONS.maxConcurrency)),
    idleTimeoutSeconds: value(OPTIONS.idleTimeout),
    maxParked: value(OPTIONS.maxParked),
    parkTimeoutSeconds: value(OPTIONS.parkTimeout),
    remoteImages: value(OPTIONS.remoteImages),
    webSearch: value(OPTIONS.webSearch),
    strict: value(OPTIONS.strict),
    store: value(OPTIONS.store),
    usageLog: value(OPTIONS.usageLog),
    logLevel: value(OPTIONS.logLevel),
    logFormat: value(OPTIONS.logFormat),
    /** Where the log is written; undefined: to standard error. */
    logFile: value(OPTIONS.logFile),
    /** Keys that clients must present one of; empty: any key, or none, is accepted. */
    apiKeys: keys,
    /** The names of those that have one, by the key. */
    apiKeyNames: names,
    allowApiKey: value(OPTIONS.allowApiKey),
    /** Web origins whose pages may call the server, as `scheme://host[:port]`. */
    allowedOrigins: [...value(OPTIONS.allowOrigin)],
    /** Further names the server may be addressed by, besides loopback, and what containers and this machine call it. With a key, any will do. */
    allowedHosts: value(OPTIONS.allowedHost),
    defaultModel: value(OPTIONS.defaultModel),
    allowExtraUsage: value(OPTIONS.allowExtraUsage),
    /** How near a reset is for which a request waits. */
    holdMinutes: value(OPTIONS.hold),
    /** By window of the plan, the part of it that may be used, from 0 to 1. */
    budget: partsOf(value(OPTIONS.budget)),
    /** Additional model names: alias -> model, or `model:effort`; a `*` in an alias stands for anything. */
    modelAliases: value(OPTIONS.modelAlias),
    demo: value(OPTIONS.demo),
  };
}

function partsOf(budget: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.entries(budget).map(([window, share]) => [window, Number.parseFloat(share) / 100]));
}
