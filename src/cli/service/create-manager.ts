import type { Surroundings } from "../command.ts";
import type { ServiceManager } from "./manager.ts";

/** The manager of this platform. Throws for a platform that has none we know. */
export async function createManager(surroundings: Surroundings): Promise<ServiceManager> {
  switch (surroundings.platform) {
    case "darwin":
      return (await import("./launchd.ts")).createLaunchd(surroundings);
    case "win32":
      return (await import("./task-scheduler.ts")).createTaskScheduler(surroundings);
    case "linux":
      return (await import("./systemd.ts")).createSystemd(surroundings);
    default:
      throw new Error(
        `services are managed on macOS, Linux and Windows, and not on ${surroundings.platform}. Let the system's own means run ` +
          "`claude-max-api serve`.",
      );
  }
}
