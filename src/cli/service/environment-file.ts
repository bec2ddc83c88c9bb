import { posix, win32 } from "node:path";
import { quoted } from "../../claude/cli/shell-commands.ts";
import { ConfigError } from "../../config/errors.ts";
import { configFilePath, pathsOf } from "../../config/paths.ts";
import { readOptionalFile } from "../../config/text-file.ts";
import type { Surroundings } from "../command.ts";
import { instanceSuffix, serviceCommand } from "./instance.ts";

/**
 * Where the user puts variables for the service that nobody else may read, such as a login: `service.env` beside the configuration file.
 * systemd reads it itself; elsewhere `service run` does. The same lines do for both: `NAME=value`.
 */
export function environmentFilePath(surroundings: Pick<Surroundings, "platform" | "env" | "home" | "service">): string {
  const { join, dirname } = pathsOf(surroundings.platform);
  return join(dirname(configFilePath(surroundings)), `service${instanceSuffix(surroundings)}.env`);
}

/** The file's variables; none when it is not there. Throws ConfigError, in which no value is told. */
export function readEnvironmentFile(surroundings: Surroundings): Readonly<Record<string, string>> {
  const path = environmentFilePath(surroundings);
  const content = readOptionalFile(path, "the service's environment", surroundings.readFile);
  if (content === undefined) return {};
  refuseOpenFile(surroundings);
  const variables: Record<string, string> = {};
  for (const [index, text] of content.split("\n").entries()) {
    const line = text.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new ConfigError(`line ${index + 1} of ${path} must be NAME=value, a comment (#) or blank.`);
    }
    variables[name] = value.replace(/^(["'])(.*)\1$/, "$2");
  }
  return variables;
}

/** What is in it is for its owner alone. Windows keeps a user's folders so. */
export function refuseOpenFile(surroundings: Surroundings): void {
  const { platform } = surroundings;
  if (platform === "win32") return;
  const path = environmentFilePath(surroundings);
  const mode = surroundings.system.permissions(path);
  if (mode === undefined || (mode & 0o077) === 0) return;
  throw new ConfigError(
    `${path} may be read or changed by others (mode ${mode.toString(8).padStart(4, "0")}): run \`chmod 600 ${quoted(path, platform)}\`.`,
  );
}

/**
 * How to give the service a login of its own, in commands to type. The token is in no argument, and in no file but the user's, whose other
 * lines stay; of two lines with one name the last counts. It begins with a line break: the file may end without one.
 */
export function tokenAdvice(surroundings: Surroundings): string[] {
  const { platform } = surroundings;
  const path = environmentFilePath(surroundings);
  const file = quoted(path, platform);
  if (platform === "win32") {
    return [
      "claude setup-token",
      `$null = New-Item -ItemType Directory -Force -Path ${quoted(win32.dirname(path), platform)}`,
      `Add-Content -LiteralPath ${file} -Value ("\`nCLAUDE_CODE_OAUTH_TOKEN=" + (Read-Host "Token"))`,
      serviceCommand(surroundings, "restart"),
    ];
  }
  return [
    "claude setup-token",
    `mkdir -p ${quoted(posix.dirname(path), platform)}`,
    `(umask 077; printf 'Token: '; stty -echo; read -r T; stty echo; printf '\\nCLAUDE_CODE_OAUTH_TOKEN=%s\\n' "$T" >> ${file})`,
    serviceCommand(surroundings, "restart"),
  ];
}
