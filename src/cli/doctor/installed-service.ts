import { posix } from "node:path";
import { PROGRAM, type Surroundings } from "../command.ts";

const LABEL = "com.claude-max-api";

export type InstalledService = {
  /** The file that describes it to the system. */
  readonly file: string;
  /** It starts the package that this program replaces. */
  readonly isOlderPackage: boolean;
};

/** The service that starts the server with the user's session, if its file is in the usual place. */
export function installedService(surroundings: Surroundings): InstalledService | undefined {
  const file = serviceFile(surroundings);
  try {
    return file === undefined
      ? undefined
      : { file, isOlderPackage: surroundings.readFile(file).includes("claude-max-api-proxy") };
  } catch {
    return undefined;
  }
}

function serviceFile({ platform, env, home }: Surroundings): string | undefined {
  if (platform === "darwin") return posix.join(home, "Library", "LaunchAgents", `${LABEL}.plist`);
  if (platform !== "linux") return undefined;
  return posix.join(env.XDG_CONFIG_HOME || posix.join(home, ".config"), "systemd", "user", `${PROGRAM}.service`);
}

export function stopServiceCommand({ platform }: Surroundings): string {
  return platform === "darwin"
    ? `launchctl bootout gui/$(id -u)/${LABEL}`
    : `systemctl --user disable --now ${PROGRAM}`;
}

/** Starts it anew. */
export function restartServiceCommand({ platform }: Surroundings): string {
  return platform === "darwin" ? `launchctl kickstart -k gui/$(id -u)/${LABEL}` : `systemctl --user restart ${PROGRAM}`;
}
