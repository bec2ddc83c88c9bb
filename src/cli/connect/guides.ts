import type { Config } from "../../config/config.ts";
import { CLIENT_TITLES, isClientName } from "./client-names.ts";
import type { OfferedModel } from "./connection.ts";

/** A model as the server lists it. */
type ListedModel = {
  readonly id: string;
  readonly displayName: string;
  readonly facts: Pick<OfferedModel, "contextTokens" | "outputTokens">;
};

/** How each program is connected to the server at an address that has these models, as `connect` tells it: what tells it is loaded when somebody asks. */
export function guidesFor(config: Config, platform: string) {
  const guidesTo = async (origin: string, models: readonly ListedModel[]) => {
    const [{ CLIENTS }, { connectionTo, offering }] = await Promise.all([
      import("./clients.ts"),
      import("./connection.ts"),
    ]);
    const { port } = new URL(origin);
    const served = models.map(({ id, displayName, facts }) => ({
      id,
      title: displayName,
      contextTokens: facts.contextTokens,
      outputTokens: facts.outputTokens,
    }));
    const connection = {
      ...(served.length === 0 ? connectionTo(config) : offering(served, config)),
      baseUrl: `${origin}/v1`,
      port: port === "" ? config.port : Number(port),
    };
    return Object.entries(CLIENTS).flatMap(([name, { guide, document }]) =>
      isClientName(name) ? [{ name, title: CLIENT_TITLES[name], document, ...guide(connection, platform) }] : [],
    );
  };
  // Most look by the same address, at the same models.
  let last: { readonly key: string; readonly guides: ReturnType<typeof guidesTo> } | undefined;
  return (origin: string, models: readonly ListedModel[]) => {
    const key = JSON.stringify([origin, models]);
    if (last?.key !== key) last = { key, guides: guidesTo(origin, models) };
    return last.guides;
  };
}
