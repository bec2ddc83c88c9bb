import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import type { Config } from "../../config/config.ts";
import { reachableHost } from "../../config/network-names.ts";

/** What `/health` tells, as far as commands look at it: name and status alone where the request had no valid key. */
const Health = Type.Object({
  name: Type.Literal("claude-max-api"),
  status: Type.Union([Type.Literal("ok"), Type.Literal("starting"), Type.Literal("unavailable")]),
  version: Type.Optional(Type.String()),
  provider: Type.Optional(Type.String()),
  demo: Type.Optional(Type.Boolean()),
  uptime_seconds: Type.Optional(Type.Number()),
  login: Type.Optional(Type.String()),
  cli: Type.Optional(Type.Object({ path: Type.String(), version: Type.String() })),
  workers: Type.Optional(
    Type.Object({
      starting: Type.Number(),
      ready: Type.Number(),
      busy: Type.Number(),
      parked: Type.Number(),
      queued: Type.Number(),
    }),
  ),
  problem: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
});
export type ServerHealth = Static<typeof Health>;

/** Who answers where the settings say that this program listens. */
export type Occupant =
  | { readonly kind: "ours"; readonly health: ServerHealth }
  /** `claude-max-api-proxy`, the npm package that this program replaces. */
  | { readonly kind: "older-package" }
  | { readonly kind: "foreign"; readonly answer: string }
  | { readonly kind: "nobody" };

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

type Address = Pick<Config, "host" | "port" | "apiKeys">;

/** Without a path: `http://127.0.0.1:3456`. */
export function serverUrl({ host, port }: Pick<Config, "host" | "port">): string {
  return `http://${reachableHost(host)}:${port}`;
}

/** What a request to our own server needs beside its content. */
export function authorization({ apiKeys: [key] }: Pick<Config, "apiKeys">): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

const TIMEOUT_MS = 2_000;

/** Asks who listens at the address of the settings. Never throws: nobody there is an answer, too. */
export async function askWhoListens(config: Address, fetch: Fetch = globalThis.fetch): Promise<Occupant> {
  const occupant = await askOnce(config, fetch);
  if (occupant.kind !== "foreign" || config.apiKeys.length === 0) return occupant;
  // A server of ours tells nothing to a key that it does not know, and its name to whoever has none.
  const unnamed = await askOnce({ ...config, apiKeys: [] }, fetch);
  return unnamed.kind === "ours" ? unnamed : occupant;
}

async function askOnce(config: Address, fetch: Fetch): Promise<Occupant> {
  let response: Response;
  try {
    response = await fetch(`${serverUrl(config)}/health`, {
      headers: authorization(config),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    // Somebody accepted the connection, and says nothing.
    return name === "TimeoutError" ? { kind: "foreign", answer: "no answer" } : { kind: "nobody" };
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (Compile(Health).Check(body)) return { kind: "ours", health: body };
  const proxy = Type.Object({ status: Type.Literal("ok"), provider: Type.Literal("claude-code-cli") });
  if (Compile(proxy).Check(body)) return { kind: "older-package" };
  return { kind: "foreign", answer: `HTTP ${response.status}` };
}
