import type { Config } from "../../config/config.ts";
import { readOptionalFile } from "../../config/text-file.ts";
import type { Surroundings } from "../command.ts";

/**
 * Where the installed service of this user listens, running or not. Undefined where none of ours is installed, and where that cannot be
 * known: on a system without services, or with settings that the service itself would refuse. Runs no program, and never throws.
 */
export async function serviceAddress(
  surroundings: Surroundings,
): Promise<Pick<Config, "hosts" | "host" | "port"> | undefined> {
  // Only commands that find nobody at their own address ask this: the others do not wait for it to load.
  const [{ createManager }, { readDefinition }, { configOf }] = await Promise.all([
    import("../service/create-manager.ts"),
    import("../service/definition.ts"),
    import("../service/define-service.ts"),
  ]);
  try {
    const { file } = await createManager(surroundings);
    const definition = readDefinition(readOptionalFile(file, "the service", surroundings.readFile) ?? "");
    if (definition === undefined) return undefined;
    const { hosts, host, port } = configOf(definition, surroundings).config;
    return { hosts, host, port };
  } catch {
    // `service status` and `doctor` say what is wrong with it.
    return undefined;
  }
}
