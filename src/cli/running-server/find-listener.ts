import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that listens on a port. */
export type Listener = { readonly pid: number; readonly name: string };

/** Which process listens there, where the system tells: only of the user's own processes, and on Windows not at all. */
export async function findListener(port: number, platform = process.platform): Promise<Listener | undefined> {
  try {
    if (platform === "linux") return listenerInProc(port);
    if (platform === "darwin") return await listenerByLsof(port);
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
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => sockets.includes(linkOf(`${folder}/${fd}`)));
  } catch {
    // It ended, or is somebody else's.
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
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
