import { networkInterfaces } from "node:os";
import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/errors.ts";
import { networkUrls } from "../../config/network-names.ts";
import { OPTIONS } from "../../config/options.ts";
import { readOptionalFile } from "../../config/text-file.ts";
import { type Call, PROGRAM, type Surroundings } from "../command.ts";
import { settingsOf } from "../command-line/settings.ts";
import { askWhoListens, type Occupant, serverUrl } from "./who-listens.ts";

type Address = Pick<Config, "hosts" | "host" | "port" | "apiKeys">;

/**
 * The server at the address of the settings; where nobody listens there, that of the installed service, unless this call names an address.
 * `notes`: what is worth knowing of it, if it is not there as one would wish. Throws ConfigError where the port is no certain one.
 */
export async function findServer({ flags, surroundings }: Call, config: Address) {
  if (config.port === 0) {
    throw new ConfigError("with port 0 the server takes another port at each start: say which with --port.");
  }
  const occupant = await askWhoListens(config);
  const service = occupant.kind === "nobody" ? await serviceAddress(surroundings) : undefined;
  if (service === undefined) return { address: config, occupant, notes: notesOf(occupant, config, PROGRAM) };

  const serviceUrl = serverUrl(service);
  const start = `${PROGRAM} service start`;
  if (serviceUrl === serverUrl(config)) return { address: config, occupant, notes: notesOf(occupant, config, start) };
  if (namesAddress({ flags })) {
    const hint = `The service that is installed has the address ${serviceUrl}.`;
    return { address: config, occupant, notes: [...notesOf(occupant, config, PROGRAM), hint] };
  }
  const address = { ...config, ...service };
  const other = await askWhoListens(address);
  const moved = `No server answers at ${serverUrl(config)}, so this is for the service that is installed, at ${serviceUrl}.`;
  return { address, occupant: other, notes: [moved, ...notesOf(other, address, start)] };
}

function namesAddress({ flags }: Pick<Call, "flags">): boolean {
  return [OPTIONS.port, OPTIONS.host].some(({ flag }) => flags[flag] !== undefined);
}

/**
 * The settings with the address of the server to ask: where nobody listens at theirs, that of the installed service, if it answers, since
 * its flags are its own. An address that this call names is the one that is meant.
 */
export async function whereServerIs(call: Call, config = settingsOf(call).config): Promise<Config> {
  if (config.port === 0 || namesAddress(call)) return config;
  const { address, occupant } = await findServer(call, config);
  return address !== config && occupant.kind === "ours" ? { ...config, ...address } : config;
}

/**
 * Where the installed service of this user listens, running or not. Undefined where none of ours is installed, and where that cannot be
 * known: on a system without services, or with settings that the service itself would refuse. Runs no program, and never throws.
 */
export async function serviceAddress(
  surroundings: Surroundings,
): Promise<Pick<Config, "hosts" | "host" | "port"> | undefined> {
  // Only commands that find nobody at their own address ask this: the others do not wait for it to load.
  const [{ createManager }, { readDefinition }, { configOf }] = await Promise.all([
    import("../service/find-service.ts"),
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

function notesOf(occupant: Occupant, config: Address, start: string): readonly string[] {
  const url = serverUrl(config);
  switch (occupant.kind) {
    case "ours":
      return [];
    case "nobody":
      return [`No server answers at ${url} yet: start it with ${start}.`];
    case "older-package":
      return [`At ${url} claude-max-api-proxy answers, the older package: stop it, and start ${PROGRAM}.`];
    case "foreign":
      return [
        `At ${url} another program answers (${occupant.answer}): choose another --port for ${PROGRAM}, here as well.`,
      ];
  }
}

/** What to do about a server that wants another key than this call has. */
export function refusedNote({ apiKeys, ...address }: Pick<Config, "host" | "port" | "apiKeys">): string {
  const { apiKey, apiKeyFile } = OPTIONS;
  const what = apiKeys.length === 0 ? "wants a key, and none is set here" : "does not take the key that is set here";
  return (
    `The server at ${serverUrl(address)} ${what}, so its models could not be checked. To have them checked, set ${apiKey.env} to one ` +
    `of its keys, or say --${apiKeyFile.flag} FILE.`
  );
}

/** Where other machines find the server; undefined where none does. */
export function networkNote({ hosts, port }: Pick<Config, "hosts" | "port">): string | undefined {
  const urls = networkUrls(hosts, port, networkInterfaces()).map((url) => `${url}/v1`);
  return urls.length === 0 ? undefined : `Other machines reach it at ${urls.join(" or ")}.`;
}
