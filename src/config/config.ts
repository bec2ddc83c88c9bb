/** The settings the program runs with, after flags, environment, file and defaults were merged and checked. */
export type Config = {
  readonly port: number;
  /** What is listened on. */
  readonly hosts: readonly string[];
  /** The one of these by which programs of this machine reach the server. */
  readonly host: string;
  /** Where the `claude` binary is; undefined: looked for on PATH and in its usual install places. */
  readonly claudePath?: string;
  /** Where the CLI sends its API traffic; undefined: the CLI's own default. */
  readonly anthropicBaseUrl?: string;
  /** Processes kept ready before they are needed. */
  readonly warm: number;
  /** Turns running at the same moment; further ones wait, each in its client's lane. */
  readonly maxConcurrency: number;
  /** Processes that may wait for the results of tool calls at once, and for how long each. */
  readonly maxWorkers: number;
  readonly idleTimeoutSeconds: number;
  readonly maxParked: number;
  readonly parkTimeoutSeconds: number;
  /** Whether images named by URL are fetched. */
  readonly remoteImages: boolean;
  /** Whether the model may search the web, where a request asks for it. */
  readonly webSearch: boolean;
  /** Whether a request with fields that would have no effect is refused, rather than answered with a header that names them. */
  readonly strict: boolean;
  /** Whether the responses of /v1/responses are stored on disk. */
  readonly store: boolean;
  /** Whether what each turn used is written down on disk. */
  readonly usageLog: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Where the log is written; undefined: to standard error. */
  readonly logFile?: string;
  /** Keys that clients must present one of; empty: any key, or none, is accepted. */
  readonly apiKeys: readonly string[];
  /** The names of those that have one, by the key. */
  readonly apiKeyNames: ReadonlyMap<string, string>;
  /** Whether an ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN of the environment reaches the CLI (it bills the API, not the subscription). */
  readonly allowApiKey: boolean;
  /** Web origins whose pages may call the server, as `scheme://host[:port]`. */
  readonly allowedOrigins: readonly string[];
  /** Further names the server may be addressed by, besides loopback and what containers and this machine itself call it. Where a key is wanted, any will do. */
  readonly allowedHosts: readonly string[];
  /** The model where a request names none. */
  readonly defaultModel: string;
  /** Whether requests may draw on usage that is paid beside the plan. */
  readonly allowExtraUsage: boolean;
  /** How near a reset is for which a request waits. */
  readonly holdMinutes: number;
  /** By window of the plan, the part of it that may be used, from 0 to 1. */
  readonly budget: Readonly<Record<string, number>>;
  /** Additional model names: alias -> model, or `model:effort`; a `*` in an alias stands for anything. */
  readonly modelAliases: Readonly<Record<string, string>>;
  /** Serve from the built-in simulated Anthropic API instead of a login. */
  readonly demo: boolean;
};

/** How much a model thinks, as an alias may say it. */
export const ALIAS_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
type LogFormat = (typeof LOG_FORMATS)[number];
