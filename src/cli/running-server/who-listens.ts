import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import type { Config } from "../../config/config.ts";
import { attempt } from "../../config/errors.ts";
import { reachableHost } from "../../config/network-names.ts";

/** What `/health` tells, as far as commands look at it: name and status alone where the request had no valid key. */
const Health = Type.Object({
  name: Type.Literal("claude-max-api"),
  status: Type.Union([Type.Literal("ok"), Type.Literal("starting"), Type.Literal("unavailable")]),
  version: Type.Optional(Type.String()),
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
export async function askWhoListens(config: Address): Promise<Occupant> {
  const occupant = await askOnce(config);
  if (occupant.kind !== "foreign" || config.apiKeys.length === 0) return occupant;
  // A server of ours tells nothing to a key that it does not know, and its name to whoever has none.
  const unnamed = await askOnce({ ...config, apiKeys: [] });
  return unnamed.kind === "ours" ? unnamed : occupant;
}

async function askOnce(config: Address): Promise<Occupant> {
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

/** A process that listens on a port. */
export type Listener = { readonly pid: number; readonly name: string };

/** Which process listens there, where the system tells: only of the user's own processes, and on Windows not at all. */
export async function findListener(port: number): Promise<Listener | undefined> {
  try {
    if (process.platform === "linux") return listenerInProc(port);
    if (process.platform === "darwin") return await listenerByLsof(port);
  } catch {
    // Not told is not told.
  }
  return undefined;
}

/** The state `LISTEN`, as the kernel's tables of sockets write it. */
const LISTENS = "0A";

/** By the kernel's tables (`man 5 proc`): a socket's inode, then the process that has it open. */
function listenerInProc(port: number): Listener | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const sockets = ["/proc/net/tcp", "/proc/net/tcp6"]
    .flatMap((table) => readFileSync(table, "utf8").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === LISTENS)
    .map((fields) => `socket:[${fields[9]}]`);
  if (sockets.length === 0) return undefined;
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && hasOpen(name, sockets));
  return pid === undefined ? undefined : { pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, "utf8").trim() };
}

function hasOpen(pid: string, sockets: readonly string[]): boolean {
  const folder = `/proc/${pid}/fd`;
  // One that ended, or is somebody else's, does not tell.
  const open = attempt(() => readdirSync(folder)) ?? [];
  return open.some((fd) => sockets.includes(attempt(() => readlinkSync(`${folder}/${fd}`)) ?? ""));
}

/** Its output for programs: a line `p` with the process, and one `c` with its name. */
async function listenerByLsof(port: number): Promise<Listener | undefined> {
  const child = Bun.spawn(["/usr/sbin/lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
    stdout: "pipe",
    stderr: "ignore",
    timeout: 5_000,
  });
  return parseLsof(await new Response(child.stdout).text());
}

export function parseLsof(output: string): Listener | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined || name === undefined ? undefined : { pid: Number(pid), name };
}
