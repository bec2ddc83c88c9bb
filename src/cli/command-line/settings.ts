import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import type { Option } from "../../config/option.ts";
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
