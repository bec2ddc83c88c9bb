import { expect, test } from "bun:test";
import { announce } from "../../../src/cli/serve/announce.ts";
import { createStyle } from "../../../src/cli/style.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { BackendHealth } from "../../../src/core/backend.ts";

const CLI = { path: "/opt/claude code/claude", version: "2.1.330" };
const PROBLEM = { code: "cli_missing", message: "It was not found." } as const;

type Given = {
  readonly flags?: Readonly<Record<string, readonly string[]>>;
  readonly health?: Partial<BackendHealth>;
  readonly platform?: NodeJS.Platform;
  readonly terminals?: { readonly isTerminal: boolean; readonly errorIsTerminal: boolean };
  readonly port?: number;
};

/** The start-up lines. */
async function lines({ flags = {}, health = {}, platform = "linux", port = 3456, terminals }: Given) {
  let text = "";
  const style = createStyle(false);
  const { config } = loadConfig({ flags, env: {}, home: "/h", platform: "linux", readFile: missing });
  const ready = Promise.resolve<BackendHealth>({ status: "ok", workers: NO_WORKERS, ...health });
  const models = ready.then(() => []);
  announce({ url: `http://127.0.0.1:${port}`, ready, models }, config, {
    platform,
    env: {},
    home: "/h",
    version: "1.2.3",
    terminal: {
      write: (written) => {
        text += written;
      },
      writeError: () => {},
      isTerminal: false,
      errorIsTerminal: false,
      ...terminals,
      abandoned: new AbortController().signal,
      style,
      errorStyle: style,
      input: { isTerminal: false, read: async () => "", readLine: async () => "" },
    },
  });
  await Bun.sleep(0);
  return text.split("\n");
}

const NO_WORKERS = { starting: 0, ready: 0, busy: 0, parked: 0, queued: 0 };

function missing(path: string): string {
  throw Object.assign(new Error(path), { code: "ENOENT" });
}

test("the CLI that is used is named with its path, in demo mode, too", async () => {
  const cli = "  CLI       Claude CLI 2.1.330 at /opt/claude code/claude";
  const usual = await lines({ health: { cli: CLI, login: "your Claude login" } });
  expect(usual).toContain(cli);
  expect(usual).toContain("  Login     your Claude login");
  expect(await lines({ health: { cli: CLI, login: "no login" }, flags: { demo: ["true"] } })).toContain(cli);
});

test("a problem is told, and left to the log where both go to one terminal", async () => {
  const problem = "  Problem   It was not found.";
  const health = { status: "unavailable", problem: PROBLEM } as const;
  const both = { isTerminal: true, errorIsTerminal: true };
  expect(await lines({ health })).toContain(problem);
  expect(await lines({ health, terminals: { isTerminal: true, errorIsTerminal: false } })).toContain(problem);
  expect(await lines({ health, terminals: both })).not.toContain(problem);
  expect(await lines({ health, terminals: both, flags: { "log-level": ["silent"] } })).toContain(problem);
});

test("the line to try on Windows is the same in both of its shells", async () => {
  const ask = '  Try it    claude-max-api ask "Hello!"';
  expect(await lines({ platform: "win32" })).toContain(ask);
  expect(await lines({ platform: "win32", port: 8080 })).toContain(`${ask} --port 8080`);
});

test("that responses are stored is told with where, for how long, and how to turn it off; where none are, nothing is", async () => {
  const stored = (told: readonly string[]) => told.filter((line) => line.startsWith("  Stored"));
  const where = "for 30 days in /h/.local/state/claude-max-api/responses.sqlite; --no-store turns it off";
  expect(stored(await lines({}))).toEqual([`  Stored    what is asked and answered at /v1/responses, ${where}`]);
  expect(stored(await lines({ flags: { store: ["false"] } }))).toEqual([]);
  expect(stored(await lines({ flags: { demo: ["true"] } }))).toEqual([]);
});
