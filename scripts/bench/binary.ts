import { realpathSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";

/** Of this checkout. */
export const ROOT = join(import.meta.dir, "../..");
/** The CLI that all contestants use: the one of our dev dependencies. */
export const CLAUDE = realpathSync(join(ROOT, "node_modules/.bin/claude"));

export type Running = {
  readonly url: string;
  readonly pid: number;
  /** Ends it, and waits until it is gone. */
  stop(): Promise<void>;
};

/** Where programs run, and what they know of the world. */
export type Surroundings = {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly anthropicUrl: string;
};

/** How long a server may take to start, or to leave before it is killed. */
const GRACE_MS = 20_000;

/** Builds the sources as they are now, so that no older binary is measured: those of this checkout, or of another one. */
export async function buildBinary(folder: string, checkout: string = ROOT): Promise<string> {
  const path = join(folder, platform() === "win32" ? "claude-max-api.exe" : "claude-max-api");
  await Bun.$`${process.execPath} scripts/build.ts --outfile=${path}`.cwd(checkout).quiet();
  return path;
}

/** With `debugLog`, all that the server logs is written into that file. */
export function startBinary(
  path: string,
  around: Surroundings,
  options: readonly string[] = [],
  { debugLog }: { readonly debugLog?: string } = {},
): Promise<Running> {
  const args = ["--port", "0", "--claude-path", CLAUDE, "--anthropic-base-url", around.anthropicUrl];
  const level = debugLog === undefined ? "error" : "debug";
  const stderr = debugLog === undefined ? "inherit" : Bun.file(debugLog);
  return startServer([path, ...args, "--log-level", level, ...options], around, /listens on (http:\S+)/, stderr);
}

/** Starts a server, and waits for the line on stdout that says where it listens. */
export async function startServer(
  command: readonly string[],
  { home, env }: Pick<Surroundings, "home" | "env">,
  ready: RegExp,
  stderr: "inherit" | "ignore" | Bun.BunFile = "inherit",
): Promise<Running> {
  const child = Bun.spawn([...command], { cwd: home, env: { ...env }, stdin: "ignore", stdout: "pipe", stderr });
  // Whatever ends this program, the server ends with it.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(kill, GRACE_MS);
    await child.exited;
    clearTimeout(timer);
    process.off("exit", kill);
  };
  const timer = setTimeout(kill, GRACE_MS);
  try {
    return { url: await match(child.stdout, ready), pid: child.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What the pattern finds; the rest is read on and dropped, so that the program can write it. */
function match(stdout: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = async () => {
      const decoder = new TextDecoder();
      let text = "";
      for await (const chunk of stdout) {
        text = (text + decoder.decode(chunk, { stream: true })).slice(-10_000);
        const found = pattern.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      }
      reject(new Error(`the server ended: ${text}`));
    };
    read().catch(reject);
  });
}

/** Until a process is ready, as it is for a person who takes more than half a second between two questions. */
export async function waitForWarm(url: string): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    const { starting, ready } = await workersOf(url);
    if (starting === 0 && ready > 0) {
      await Bun.sleep(200);
      return;
    }
    await Bun.sleep(20);
  }
  throw new Error("no process became ready");
}

export type Workers = Readonly<Record<"starting" | "ready" | "busy" | "parked", number>>;

/** The processes of the CLI, as our server tells of them. */
export async function workersOf(url: string): Promise<Workers> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(GRACE_MS) });
  const { workers } = (await response.json()) as { workers: Workers };
  return workers;
}
