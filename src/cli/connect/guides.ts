import type { Config } from "../../config/config.ts";
import { CLIENT_TITLES, isClientName } from "./client-names.ts";

/** How each program is connected to the server at an address, as `connect` tells it: what tells it is loaded when somebody asks. */
export function guidesFor(config: Config, platform: string) {
  const guidesTo = async (origin: string) => {
    const [{ CLIENTS }, { connectionTo }] = await Promise.all([import("./clients.ts"), import("./connection.ts")]);
    const { port } = new URL(origin);
    const connection = {
      ...connectionTo(config),
      baseUrl: `${origin}/v1`,
      port: port === "" ? config.port : Number(port),
    };
    return Object.entries(CLIENTS).flatMap(([name, { guide, document }]) =>
      isClientName(name) ? [{ name, title: CLIENT_TITLES[name], document, ...guide(connection, platform) }] : [],
    );
  };
  // Most look by the same address, and parsers of configuration files have a hand in it.
  let last: { readonly origin: string; readonly guides: ReturnType<typeof guidesTo> } | undefined;
  return (origin: string) => {
    if (last?.origin !== origin) last = { origin, guides: guidesTo(origin) };
    return last.guides;
  };
}
