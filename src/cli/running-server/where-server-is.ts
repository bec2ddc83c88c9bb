import type { Config } from "../../config/config.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Call } from "../command.ts";
import { serviceAddress } from "./service-address.ts";
import { askWhoListens } from "./who-listens.ts";

/**
 * The settings with the address of the server to ask: where nobody listens at theirs, that of the installed service, if it answers, since
 * its flags are its own. An address that this call names is the one that is meant.
 */
export async function whereServerIs({ flags, surroundings }: Call, config: Config): Promise<Config> {
  const isNamed = [OPTIONS.port, OPTIONS.host].some(({ flag }) => flags[flag] !== undefined);
  if (isNamed || config.port === 0 || (await askWhoListens(config)).kind !== "nobody") return config;
  const service = await serviceAddress(surroundings);
  if (service === undefined) return config;
  const moved = { ...config, ...service };
  return (await askWhoListens(moved)).kind === "ours" ? moved : config;
}
