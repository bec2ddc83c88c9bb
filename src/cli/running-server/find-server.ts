import { networkInterfaces } from "node:os";
import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/config-error.ts";
import { networkUrls } from "../../config/network-names.ts";
import { OPTIONS } from "../../config/options.ts";
import { type Call, PROGRAM } from "../command.ts";
import { serviceAddress } from "./service-address.ts";
import { askWhoListens, type Occupant, serverUrl } from "./who-listens.ts";

type Address = Pick<Config, "hosts" | "host" | "port" | "apiKeys">;

/** Where other machines find the server; undefined where none does. */
export function networkNote({ hosts, port }: Pick<Config, "hosts" | "port">): string | undefined {
  const urls = networkUrls(hosts, port, networkInterfaces()).map((url) => `${url}/v1`);
  return urls.length === 0 ? undefined : `Other machines reach it at ${urls.join(" or ")}.`;
}

export type FoundServer = {
  /** Where the client shall look for the server. */
  readonly address: Address;
  readonly occupant: Occupant;
  /** What is worth knowing of the server, if it is not there as one would wish. */
  readonly notes: readonly string[];
};

/**
 * The server at the address of the settings; where nobody listens there, that of the installed service, unless this call names an address.
 * Throws ConfigError where the port is no certain one.
 */
export async function findServer({ flags, surroundings }: Call, config: Address): Promise<FoundServer> {
  if (config.port === 0) {
    throw new ConfigError("with port 0 the server takes another port at each start: say which with --port.");
  }
  const occupant = await askWhoListens(config);
  const service = occupant.kind === "nobody" ? await serviceAddress(surroundings) : undefined;
  if (service === undefined) return { address: config, occupant, notes: notesOf(occupant, config, PROGRAM) };

  const serviceUrl = serverUrl(service);
  const start = `${PROGRAM} service start`;
  if (serviceUrl === serverUrl(config)) return { address: config, occupant, notes: notesOf(occupant, config, start) };
  if ([OPTIONS.port, OPTIONS.host].some(({ flag }) => flags[flag] !== undefined)) {
    const hint = `The service that is installed has the address ${serviceUrl}.`;
    return { address: config, occupant, notes: [...notesOf(occupant, config, PROGRAM), hint] };
  }
  const address = { ...config, ...service };
  const other = await askWhoListens(address);
  const moved = `No server answers at ${serverUrl(config)}, so this is for the service that is installed, at ${serviceUrl}.`;
  return { address, occupant: other, notes: [moved, ...notesOf(other, address, start)] };
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
