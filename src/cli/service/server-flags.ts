import { posix, win32 } from "node:path";
import { ConfigError } from "../../config/config-error.ts";
import { PATH_OPTIONS } from "../../config/load.ts";
import type { AnyOption } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import { expandHome } from "../../config/paths.ts";
import type { Flags } from "../../config/sources.ts";
import type { Call, Surroundings } from "../command.ts";
import { REFUSED_API_KEY, SERVER_OPTIONS } from "./options.ts";

/**
 * The server's settings of this call as flags for the service, one word each: those given as flags, and those that this environment sets,
 * which the service will not have. What the configuration file sets stays there. Throws ConfigError for what cannot be written down.
 */
export function serverFlags({ flags, surroundings }: Pick<Call, "flags" | "surroundings">): string[] {
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
  const { resolve } = platform === "win32" ? win32 : posix;
  return `--${option.flag}=${PATH_OPTIONS.includes(option) ? resolve(system.cwd, expandHome(value, { home, platform })) : value}`;
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
