import { expect, test } from "bun:test";
import { announce } from "../../../src/cli/serve/announce.ts";
import { createStyle } from "../../../src/cli/terminal/text.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { BackendHealth } from "../../../src/core/backend.ts";

const CLI = { path: "/opt/claude code/claude", version: "2.1.330" };
const PROBLEM = { code: "cli_missing", message: "It was not found." } as const;

type Given = {
  readonly flags?: Readonly<Record<string, readonly string[]>>;
  readonly health?: Partial<BackendHealth>;
  readonly platform?: NodeJS.Platform;
  readonly port?: number;
};

/** The start-up lines. */
async function lines({ flags = {}, health = {}, platform = "linux", port = 3456 }: Given) {
  let text = "";
  const style = createStyle(false);
  const { config } = loadConfig({ flags, env: {}, home: "/h", platform: "linux", readFile: missing });
  const ready = Promise.resolve<BackendHealth>({ status: "ok", workers: NO_WORKERS, ...health });
  const models = ready.then(() => []);
  announce({ url: `http://127.0.0.1:${port}`, ready, models }, config, {
    platform,
    env: { PATH: "/usr/bin" },
    home: "/h",
    version: "1.2.3",
    terminal: {
      write: (written) => {
        text += written;
      },
      writeError: () => {},
      isTerminal: false,
      errorIsTerminal: false,
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

test("a problem is told, with the command that mends it alone on a line", async () => {
  const message =
    "The Claude CLI is not logged in. Run `claude auth login` and log in with your Claude account (or …).";
  const health = { status: "unavailable", problem: { code: "cli_logged_out", message } } as const;
  expect((await lines({ health, flags: { store: ["false"] } })).slice(2, 7)).toEqual([
    "  Problem   The Claude CLI is not logged in. Run this in another terminal:",
    "",
    "                claude auth login",
    "",
    "            The server notices by itself; no restart is needed.",
  ]);
  const missing = { status: "unavailable", problem: PROBLEM } as const;
  expect(await lines({ health: missing })).toContain("                curl -fsSL https://claude.ai/install.sh | bash");
});

test("a problem that no command mends is told as it is", async () => {
  const problem = { code: "cli_failed", message: "It broke." };
  expect(await lines({ health: { status: "unavailable", problem } })).toContain("  Problem   It broke.");
});

test("the line to try on Windows is the same in both of its shells", async () => {
  const ask = '  Try it    claude-max-api ask "Hello!"';
  expect(await lines({ platform: "win32" })).toContain(ask);
  expect(await lines({ platform: "win32", port: 8080 })).toContain(`${ask} --port 8080`);
});

test("the address that other machines use is told where they reach the server", async () => {
  const flags = { host: ["localhost", "192.0.2.2"], "api-key": ["long-enough"] };
  const told = await lines({ flags });
  expect(told[0]).toBe("claude-max-api 1.2.3 listens on http://127.0.0.1:3456");
  expect(told).toContain("  Network   http://192.0.2.2:3456/v1, for other machines");
  expect((await lines({})).join()).not.toContain("Network");
});

test("that responses are stored is told with where, for how long, and how to turn it off; where none are, nothing is", async () => {
  const stored = (told: readonly string[]) => told.filter((line) => line.startsWith("  Stored"));
  const where = "for 30 days in /h/.local/state/claude-max-api/responses.sqlite; --no-store turns it off";
  expect(stored(await lines({}))).toEqual([`  Stored    what is asked and answered at /v1/responses, ${where}`]);
  expect(stored(await lines({ flags: { store: ["false"] } }))).toEqual([]);
  expect(stored(await lines({ flags: { demo: ["true"] } }))).toEqual([]);
});
