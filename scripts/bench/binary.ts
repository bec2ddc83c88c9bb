import { readFileSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
export const CLAUDE = join(ROOT, "node_modules/.bin/claude");

export type Running = {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
};

/** Where the binary runs, and what it asks. */
export type Surroundings = {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly anthropicUrl: string;
};

/** Builds the sources as they are now, so that no older binary is measured. */
export async function buildBinary(folder: string): Promise<string> {
  const path = join(folder, platform() === "win32" ? "claude-max-api.exe" : "claude-max-api");
  await Bun.$`${process.execPath} scripts/build.ts --outfile=${path}`.cwd(ROOT).quiet();
  return path;
}

export async function startBinary(path: string, { home, env, anthropicUrl }: Surroundings): Promise<Running> {
  const args = ["--port", "0", "--claude-path", CLAUDE, "--anthropic-base-url", anthropicUrl, "--log-level", "error"];
  const child = Bun.spawn([path, ...args], { cwd: home, env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const url = await urlFrom(child.stdout);
  const stop = async () => {
    child.kill("SIGTERM");
    await child.exited;
  };
  return { url, pid: child.pid, stop };
}

async function urlFrom(stdout: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const reader = stdout.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the binary ended: ${text}`);
    text += new TextDecoder().decode(value);
    const url = /listens on (http:\S+)/.exec(text)?.[1];
    if (url) {
      reader.releaseLock();
      return url;
    }
  }
}

/** Until a process is ready, as it is for a person who takes more than half a second between two questions. */
export async function waitForWarm(url: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const { workers } = (await (await fetch(`${url}/health`)).json()) as {
      workers: { starting: number; ready: number };
    };
    if (workers.starting === 0 && workers.ready > 0) {
      await Bun.sleep(200);
      return;
    }
    await Bun.sleep(20);
  }
  throw new Error("no process became ready");
}

export function residentMb(pid: number): number {
  if (platform() !== "linux") return Number.NaN;
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kb) / 1024);
}
