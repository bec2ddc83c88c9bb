import { API_KEY, choice, filled, HOST, list, nameMap, ORIGIN, oneOrMore, PATH, text, wholeNumber } from "./kinds.ts";
import { isHttpUrl } from "./network-names.ts";
import { type AnyOption, defineOption, defineSwitch } from "./option.ts";

/** How much a model thinks, as an alias may say it. */
export const ALIAS_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
const LOG_FORMATS = ["text", "json"] as const;

/** Behind a colon stands an effort; a name of a model has none before letters alone. */
function aliasFault(target: string): string | undefined {
  const said = /:([a-z]*)$/i.exec(target)?.[1]?.toLowerCase();
  if (said === undefined || ALIAS_EFFORTS.some((effort) => effort === said)) return undefined;
  return `behind the colon stands an effort, one of ${ALIAS_EFFORTS.join(", ")}`;
}

function budgetFault(share: string): string | undefined {
  const part = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(share)?.[1];
  return part !== undefined && Number(part) <= 100 ? undefined : "the share must be a percentage from 0% to 100%";
}

/** Every setting there is. The flags, the variables, the file's keys, their checks and the help all follow from this table. */
export const OPTIONS = {
  port: defineOption({
    flag: "port",
    kind: wholeNumber(0, 65535),
    default: 3456,
    group: "Server",
    description: "Port to listen on; 0 takes any free one",
  }),
  host: defineOption({
    flag: "host",
    kind: oneOrMore(HOST),
    default: "localhost",
    group: "Server",
    description:
      "Address to listen on, or several; localhost is 127.0.0.1 and ::1; one that other machines can reach needs an API key",
  }),
  maxConcurrency: defineOption({
    flag: "max-concurrency",
    kind: wholeNumber(1, 64),
    default: 8,
    group: "Server",
    description: "Requests answered at the same moment; further ones wait, and one program alone does not get all",
  }),
  strict: defineSwitch({
    flag: "strict",
    group: "Server",
    description: "Refuse requests with fields that would have no effect, instead of naming these in a header",
  }),
  logLevel: defineOption({
    flag: "log-level",
    kind: choice(LOG_LEVELS),
    default: "info",
    group: "Server",
    placeholder: "LEVEL",
    description: `How much is logged: ${LOG_LEVELS.join(", ")}`,
  }),
  logFormat: defineOption({
    flag: "log-format",
    kind: choice(LOG_FORMATS),
    default: "text",
    group: "Server",
    placeholder: "FORMAT",
    description: "How a line of the log is written: text, or json for programs",
  }),
  logFile: defineOption({
    flag: "log-file",
    kind: text(PATH),
    default: undefined,
    group: "Server",
    description: "Write the log to this file instead of standard error; after 10 MB it is put aside as FILE.1",
  }),
  store: defineSwitch({
    flag: "store",
    default: true,
    group: "Server",
    description:
      "Store the responses of /v1/responses on disk, for 30 days, so that clients can go on after them; --no-store keeps them in memory",
  }),
  usageLog: defineSwitch({
    flag: "usage-log",
    default: true,
    group: "Server",
    description:
      "Write down on disk what each turn used, for 90 days: tokens, times and names, never content; --no-usage-log keeps it in memory",
  }),
  claudePath: defineOption({
    flag: "claude-path",
    kind: text(PATH),
    default: undefined,
    group: "Claude CLI",
    placeholder: "PATH",
    description: "The claude binary, when it is neither on PATH nor in a usual install place",
  }),
  anthropicBaseUrl: defineOption({
    flag: "anthropic-base-url",
    kind: text({ accepts: "an http:// or https:// URL without credentials", isValid: isHttpUrl }),
    default: undefined,
    group: "Claude CLI",
    placeholder: "URL",
    description: "Where the CLI sends its API traffic, such as a company gateway",
  }),
  warm: defineOption({
    flag: "warm",
    kind: wholeNumber(0, 16),
    default: 1,
    group: "Claude CLI",
    description: "CLI processes kept ready before a request needs one",
  }),
  maxWorkers: defineOption({
    flag: "max-workers",
    kind: wholeNumber(1, 64),
    default: undefined,
    group: "Claude CLI",
    description:
      "CLI processes at once, about 200 MB each (8, or --max-concurrency where that is more); fewer where memory is short",
  }),
  idleTimeout: defineOption({
    flag: "idle-timeout",
    kind: wholeNumber(1, 86_400),
    default: 600,
    group: "Claude CLI",
    placeholder: "SECONDS",
    description: "How long a CLI process that has nothing to do is kept, beyond those of --warm",
  }),
  maxParked: defineOption({
    flag: "max-parked",
    kind: wholeNumber(0, 64),
    default: 4,
    group: "Claude CLI",
    description: "CLI processes that may wait for tool results at once; the one that waits longest gives way",
  }),
  parkTimeout: defineOption({
    flag: "park-timeout",
    kind: wholeNumber(1, 86_400),
    default: 600,
    group: "Claude CLI",
    placeholder: "SECONDS",
    description: "How long a CLI process waits for tool results; later ones are served by another process",
  }),
  defaultModel: defineOption({
    flag: "default-model",
    kind: text(filled("a model's name, such as claude-sonnet-4")),
    default: "claude-sonnet-4",
    group: "Claude CLI",
    placeholder: "MODEL",
    description: "The model that is asked where a request names none",
  }),
  modelAlias: defineOption({
    flag: "model-alias",
    kind: nameMap("NAME=MODEL", aliasFault),
    default: {},
    group: "Claude CLI",
    description:
      "A further name for a model, as in gpt-4o=claude-sonnet-4; for all that begin so, gpt-*=claude-sonnet-4; with an effort, fast=claude-sonnet-4:low",
  }),
  allowApiKey: defineSwitch({
    flag: "allow-api-key",
    group: "Claude CLI",
    description:
      "Pass ANTHROPIC_API_KEY and the like on to the CLI, which then bills the API instead of your subscription",
  }),
  allowExtraUsage: defineSwitch({
    flag: "allow-extra-usage",
    group: "Plan",
    description: "Go on when the plan is used up and answers are paid for as extra usage; else they are refused then",
  }),
  hold: defineOption({
    flag: "hold",
    kind: wholeNumber(0, 300),
    default: 0,
    group: "Plan",
    placeholder: "MINUTES",
    description: "Let requests wait for a limit's reset that is no further away, instead of refusing them",
  }),
  budget: defineOption({
    flag: "budget",
    kind: nameMap("WINDOW=PERCENT", budgetFault),
    default: {},
    group: "Plan",
    description: "Use a window of the plan so far, and keep the rest for others, as in five_hour=80% or seven_day=50%",
  }),
  remoteImages: defineSwitch({
    flag: "remote-images",
    default: true,
    group: "Access",
    description:
      "Fetch images that requests name by https URL, from public addresses only; --no-remote-images turns it off",
  }),
  webSearch: defineSwitch({
    flag: "web-search",
    default: true,
    group: "Access",
    description:
      "Let the model search the web, and fetch pages, where a request asks for it; --no-web-search leaves such tools out",
  }),
  demo: defineSwitch({
    flag: "demo",
    group: "Claude CLI",
    description: "Answer from a built-in simulated Anthropic API: no login needed, nothing spent",
  }),
  apiKey: defineOption({
    flag: "api-key",
    env: "CLAUDE_MAX_API_KEY",
    kind: list(API_KEY),
    default: [],
    group: "Access",
    secret: true,
    description:
      "Key that clients must present; without one any key is accepted. Other users see flags in the process list: prefer the variable or a file",
  }),
  apiKeyFile: defineOption({
    flag: "api-key-file",
    env: "CLAUDE_MAX_API_KEY_FILE",
    kind: text(PATH),
    default: undefined,
    group: "Access",
    description:
      "File with one key per line, or a name and its key, as in laptop: KEY; blank lines and lines beginning with # are skipped",
  }),
  allowOrigin: defineOption({
    flag: "allow-origin",
    kind: list(ORIGIN),
    default: [],
    group: "Access",
    description:
      "Web or desktop app origin, scheme://host[:port], whose pages may call the server; also vscode-webview://*, https://*.example.com, http://localhost:*, file:// and null",
  }),
  allowedHost: defineOption({
    flag: "allowed-host",
    kind: list({ ...HOST, normalize: (host) => host.toLowerCase() }),
    default: [],
    group: "Access",
    description: "Further host name by which clients may address the server",
  }),
  config: defineOption({
    flag: "config",
    kind: text(PATH),
    default: undefined,
    inFile: false,
    group: "Other",
    description: "Configuration file to read instead of the usual one",
  }),
  version: defineSwitch({
    flag: "version",
    short: "v",
    env: null,
    inFile: false,
    group: "Other",
    description: "Print the version and exit",
  }),
  help: defineSwitch({
    flag: "help",
    short: "h",
    env: null,
    inFile: false,
    group: "Other",
    description: "Print this text and exit",
  }),
};

export const ALL_OPTIONS: readonly AnyOption[] = Object.values(OPTIONS);
