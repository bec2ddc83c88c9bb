import { messageOf } from "../../config/system-error.ts";
import type { Surroundings } from "../command.ts";
import { PROGRAM } from "../command.ts";
import { type ServiceDefinition, startsOlderPackage } from "../service/definition.ts";
import { findService } from "../service/find-service.ts";
import { look, type Report } from "../service/status.ts";

/** The service that starts the server, as the platform's own service manager tells it. */
export type InstalledService =
  | { readonly kind: "none" }
  /** It cannot be asked for here: as root, or where the system has no such manager. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** Something else has its file: `claude-max-api-proxy`, or what is not known. */
  | { readonly kind: "other"; readonly file: string; readonly isOlderPackage: boolean }
  | {
      readonly kind: "ours";
      readonly file: string;
      readonly definition: ServiceDefinition;
      readonly report: Report;
      /** Whether the program that it runs is there. */
      readonly hasProgram: boolean;
    };

/** Never throws: what cannot be found out is an answer, too. */
export async function installedService(surroundings: Surroundings): Promise<InstalledService> {
  try {
    const found = await findService(surroundings);
    const { manager, content, definition } = found;
    const { file } = manager;
    if (content === undefined) return { kind: "none" };
    if (definition === undefined) return { kind: "other", file, isOlderPackage: startsOlderPackage(content) };
    const hasProgram = surroundings.system.isExecutable(definition.executable);
    return { kind: "ours", file, definition, hasProgram, report: await look(found, surroundings) };
  } catch (error) {
    return { kind: "unknown", reason: messageOf(error) };
  }
}

/** Stops the service of the older package, which has the same name. */
export function stopOlderCommand({ platform }: Surroundings): string {
  return platform === "darwin"
    ? "launchctl bootout gui/$(id -u)/com.claude-max-api"
    : `systemctl --user disable --now ${PROGRAM}`;
}
