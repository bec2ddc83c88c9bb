import { readOptionalFile } from "../../config/text-file.ts";
import type { Surroundings } from "../command.ts";
import { readDefinition, type ServiceDefinition } from "./definition.ts";
import { serviceCommand } from "./instance.ts";
import type { ServiceManager } from "./manager.ts";

export type Found = Awaited<ReturnType<typeof findService>>;

/**
 * The platform's manager, what stands in its file for the service, where there is one, and what was installed, where this program did it. Throws where
 * services of the user cannot be managed.
 */
export async function findService(surroundings: Surroundings) {
  refuseRoot(surroundings);
  const manager = await createManager(surroundings);
  await manager.check();
  const content = readOptionalFile(manager.file, "the service", surroundings.readFile);
  return { manager, content, definition: content === undefined ? undefined : readDefinition(content) };
}

/** Throws where nothing of ours is installed. */
export async function findInstalled(surroundings: Surroundings): Promise<Found & { definition: ServiceDefinition }> {
  const { manager, content, definition } = await findService(surroundings);
  if (definition !== undefined) return { manager, content, definition };
  throw new Error(
    content === undefined
      ? `the service is not installed. Install it with: ${serviceCommand(surroundings, "install")}`
      : `${manager.file} was not written by this program, so it is left alone.`,
  );
}

function refuseRoot({ system }: Surroundings): void {
  if (system.uid !== 0) return;
  throw new Error(
    "not as root: the service belongs to one user, with that user's Claude login, and a server that answers requests needs no more " +
      "rights than theirs. Run this as yourself, without sudo.",
  );
}

/** The manager of this platform. Throws for a platform that has none we know. */
export async function createManager(surroundings: Surroundings): Promise<ServiceManager> {
  switch (surroundings.platform) {
    case "darwin":
      return (await import("./platforms/launchd.ts")).createLaunchd(surroundings);
    case "win32":
      return (await import("./platforms/task-scheduler.ts")).createTaskScheduler(surroundings);
    case "linux":
      return (await import("./platforms/systemd.ts")).createSystemd(surroundings);
    default:
      throw new Error(
        `services are managed on macOS, Linux and Windows, and not on ${surroundings.platform}. Let the system's own means run ` +
          "`claude-max-api serve`.",
      );
  }
}
