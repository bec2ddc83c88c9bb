import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import type { AnyOption, Option } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import { flagSource, resolve } from "../../config/sources.ts";
import type { Call } from "../command.ts";

/** The server's settings, as this call of the program would run it. Throws ConfigError. */
export function settingsOf({ flags, surroundings }: Call): LoadedConfig {
  const { env, home, platform, readFile } = surroundings;
  return loadConfig({ flags, env, home, platform, readFile });
}

/** The value of an option that only the command line sets. Throws ConfigError. */
export function flagValue<T, Default extends T | undefined>(
  option: Option<T, Default>,
  { flags }: Pick<Call, "flags">,
): T | Default {
  return resolve(option, [flagSource(flags)])?.value ?? option.default;
}

/** What decides which server is asked, and whose state is read where none runs. */
export const ADDRESS_OPTIONS: readonly AnyOption[] = [
  OPTIONS.port,
  OPTIONS.host,
  OPTIONS.apiKey,
  OPTIONS.apiKeyFile,
  OPTIONS.config,
];

/** The same, and how a server of the command's own runs. */
export const CLIENT_OPTIONS: readonly AnyOption[] = [
  ...ADDRESS_OPTIONS,
  OPTIONS.claudePath,
  OPTIONS.anthropicBaseUrl,
  OPTIONS.defaultModel,
  OPTIONS.modelAlias,
  OPTIONS.allowApiKey,
  OPTIONS.demo,
];
