import { FakeSystem } from "../../support/fake-system.ts";
import { type CliOptions, type CliResult, runCli } from "../../support/run-cli.ts";

export type Machine = {
  readonly system: FakeSystem;
  /** Runs `claude-max-api service …` on it. */
  readonly service: (...words: string[]) => Promise<CliResult>;
};

const HOMES = { linux: "/home/jane", darwin: "/Users/jane", win32: "C:\\Users\\jane" } as const;
const BINARIES = {
  linux: "/home/jane/.local/share/claude-max-api/1.2.3/claude-max-api",
  darwin: "/opt/homebrew/Cellar/claude-max-api/1.2.3/bin/claude-max-api",
  win32: "C:\\Users\\jane\\bin\\claude-max-api.exe",
} as const;

/** A machine of a platform with the binary on it; nothing listens at its ports unless a test listens there. */
export function madeUpMachine(platform: keyof typeof HOMES, options: CliOptions = {}): Machine {
  const system = new FakeSystem();
  const binary = BINARIES[platform];
  system.programs.set(binary, binary);
  if (platform === "darwin") system.uid = 501;
  if (platform === "win32") {
    system.uid = undefined;
    system.cwd = "C:\\work";
  }
  const surroundings = {
    platform,
    home: HOMES[platform],
    executable: [binary],
    readFile: system.readFile,
    system,
    ...options,
  };
  return { system, service: (...words) => runCli(["service", ...words], surroundings) };
}

/** A port at which nothing listens, and another program if `answer` is given. */
export async function somePort(
  answer?: (request: Request) => Response,
): Promise<{ port: string; close: () => Promise<void> }> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer ?? (() => new Response()) });
  const port = String(server.port);
  if (answer === undefined) await server.stop(true);
  return { port, close: async () => void (await server.stop(true)) };
}

export const healthy = (version = "1.2.3") =>
  Response.json({ name: "claude-max-api", status: "ok", version, uptime_seconds: 60, demo: false });
