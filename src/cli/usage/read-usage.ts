import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import type { Config } from "../../config/config.ts";
import { stateDirectory } from "../../config/paths.ts";
import { usageFile, usageOnDisk } from "../../usage/usage-log.ts";
import type { Surroundings } from "../command.ts";
import { RefusedError, send } from "../running-server/api-client.ts";
import { askWhoListens, authorization, serverUrl } from "../running-server/who-listens.ts";

const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);
const Total = Type.Object({
  name: Type.String(),
  requests: Type.Number(),
  failed: Type.Object({
    client: Type.Number(),
    plan: Type.Number(),
    upstream: Type.Number(),
    server: Type.Number(),
  }),
  inputTokens: Type.Number(),
  cacheReadTokens: Type.Number(),
  cacheWriteTokens: Type.Number(),
  outputTokens: Type.Number(),
  firstTokenMs: NumberOrNull,
  costUsd: NumberOrNull,
  unpriced: Type.Number(),
  extraUsage: Type.Number(),
});
export type Total = Static<typeof Total>;

const Usage = Type.Object({
  schemaVersion: Type.Literal(1),
  observedAt: Type.String(),
  limits: Type.Array(
    Type.Object({
      window: Type.String(),
      utilization: NumberOrNull,
      status: TextOrNull,
      resetsAt: TextOrNull,
      observedAt: Type.String(),
    }),
  ),
  extraUsage: Type.Object({
    inUse: Type.Boolean(),
    until: TextOrNull,
  }),
  totals: Type.Array(Total),
  running: Type.Array(
    Type.Object({
      client: Type.String(),
      key: TextOrNull,
      model: Type.String(),
      state: Type.String(),
      startedAt: Type.String(),
    }),
  ),
});
export type Usage = Static<typeof Usage>;

export type ReadUsage = {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly from: number;
  readonly by?: "model" | "client" | "day";
  readonly signal: AbortSignal;
};

/** What the running server tells, else what one has written down. Throws RefusedError where there is neither. */
export async function readUsage({ config, surroundings, from, by, signal }: ReadUsage): Promise<Usage> {
  const occupant = config.port === 0 ? undefined : await askWhoListens(config);
  if (occupant?.kind !== "ours") {
    const path = usageFile(stateDirectory(surroundings));
    const written = usageOnDisk(path, { from, to: Date.now() + 1, by });
    if (written) return { ...written, schemaVersion: 1, totals: [...written.totals], running: [], limits: [] };
    throw new RefusedError("no server runs, and none has written down yet what was used.");
  }
  const server = { url: serverUrl(config), headers: authorization(config) };
  const query = new URLSearchParams({ from: new Date(from).toISOString(), ...(by && { by }) });
  const answer: unknown = await (await send(server, `/v1/usage?${query}`, { signal })).json();
  if (Compile(Usage).Check(answer)) return answer;
  throw new RefusedError(`${server.url}/v1/usage answered in another form: the server is of another version.`);
}

export function promptOf(tokens: Pick<Total, "inputTokens" | "cacheReadTokens" | "cacheWriteTokens">): number {
  return tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
}

/** The beginning of the day so many days ago. */
export function daysBefore(days: number): number {
  const day = new Date();
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).getTime();
}
