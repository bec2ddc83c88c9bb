import { readFileSync } from "node:fs";
import { posix, win32 } from "node:path";
import { attempt } from "../../core/attempt.ts";
import { isJsonObject, parseJsonObject } from "../../core/json.ts";
import { managedFiles } from "./managed-settings.ts";

/** How to reach the network from within a company's: its proxies, and certificates of and for them. */
export const PROXY_VARIABLES = "HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy".split(" ");
export const NETWORK_VARIABLES = [
  ...PROXY_VARIABLES,
  ..."NO_PROXY no_proxy NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA SSL_CERT_FILE SSL_CERT_DIR".split(" "),
  ..."CLAUDE_CODE_CERT_STORE CLAUDE_CODE_CLIENT_CERT CLAUDE_CODE_CLIENT_KEY".split(" "),
  "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE",
];

export type NetworkContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The names in a folder; default: what is there, none where it cannot be read. */
  readonly namesIn?: (folder: string) => string[];
};

/** A variable that the CLI gets, and where it is from; absent: our own environment. */
export type NetworkSetting = { readonly name: string; readonly value: string; readonly file?: string };

type ReadFile = (path: string) => string;
const readText: ReadFile = (path) => readFileSync(path, "utf8");

/**
 * The variables of the network that apply. Those of our own environment go first; then come the `env` of the machine's managed settings,
 * fragments included, and that of the user's settings for Claude Code, which the CLI does not read as we run it. No other name is taken.
 */
export function networkSettings(context: NetworkContext, readFile: ReadFile = readText): NetworkSetting[] {
  const { env, home, platform, namesIn } = context;
  const { join } = platform === "win32" ? win32 : posix;
  const files = [
    ...managedFiles(platform, undefined, namesIn).reverse(),
    join(env.CLAUDE_CONFIG_DIR || join(home, ".claude"), "settings.json"),
  ];
  const sources = [{ set: env }, ...files.map((file) => ({ set: envOf(file, readFile), file }))];
  const settings: NetworkSetting[] = [];
  for (const { set, ...from } of sources) {
    // A proxy has a name in capitals and one without: either goes before what stands further down.
    const isTold = (name: string) => settings.some((other) => other.name.toLowerCase() === name.toLowerCase());
    const added = NETWORK_VARIABLES.flatMap((name): NetworkSetting[] => {
      const value = set[name];
      return typeof value === "string" && value !== "" && !isTold(name) ? [{ name, value, ...from }] : [];
    });
    settings.push(...added);
  }
  return settings;
}

/** Our own environment, with what stands only in these files. */
export function withNetworkSettings(context: NetworkContext, readFile?: ReadFile): NetworkContext["env"] {
  const settings = networkSettings(context, readFile);
  return { ...context.env, ...Object.fromEntries(settings.map(({ name, value }) => [name, value])) };
}

function envOf(file: string, readFile: ReadFile): Readonly<Record<string, unknown>> {
  // What cannot be read the CLI would not have either.
  const env = parseJsonObject(attempt(() => readFile(file)) ?? "")?.env;
  return isJsonObject(env) ? env : {};
}
