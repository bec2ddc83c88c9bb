import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { runCommand } from "../../../src/claude/cli/run-command.ts";
import { canSeeProcesses, processesOf } from "../../support/processes.ts";
import { makeScripts, type Scripts } from "../../support/scripts.ts";
import { until } from "../../support/wait.ts";

let scripts: Scripts;
beforeEach(() => {
  scripts = makeScripts();
});
afterEach(async () => {
  await nothingIsLeft();
  scripts[Symbol.dispose]();
});

/** A signal reaches a process a moment after it was sent. */
async function nothingIsLeft(): Promise<void> {
  if (canSeeProcesses) await until(() => processesOf(scripts.directory).length === 0, "no process is left");
}

function run(shell: string, { timeoutMs = 60_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const env = { PATH: "/usr/bin:/bin", HOME: scripts.directory };
  return runCommand([scripts.write("command", shell)], { env, cwd: scripts.directory, timeoutMs, signal });
}

/** Waits until the script has come to `touch up`. */
const isUp = () => until(() => Bun.file(`${scripts.directory}/up`).exists(), "the command is up");

describe("a command that ends by itself", () => {
  test("is told with all it printed, and its exit code", async () => {
    expect(await run("echo out; echo err >&2; exit 3")).toEqual({
      stdout: "out\n",
      stderr: "err\n",
      exitCode: 3,
      timedOut: false,
    });
  });

  test("is not waited for because of what it left behind, which is ended, though it holds the pipes open", async () => {
    expect(await run("sleep 600 & echo out")).toMatchObject({ stdout: "out\n", exitCode: 0, timedOut: false });
    await nothingIsLeft();
  });

  test("leaves nothing, even when that has let go of the pipes", async () => {
    expect(await run("sleep 600 >/dev/null 2>&1 & echo out")).toMatchObject({ stdout: "out\n" });
    await nothingIsLeft();
  });

  test.skipIf(process.platform !== "linux")(
    "is not waited for, though what it left behind cannot be ended",
    async () => {
      expect(await run("setsid sleep 600 & echo $!; exit 0")).toMatchObject({ exitCode: 0, timedOut: false });
      for (const { pid } of processesOf(scripts.directory)) process.kill(pid, "SIGKILL");
    },
  );

  test("may print without an end: only so much is kept", async () => {
    const { stdout } = await run("head -c 3000000 /dev/zero");
    expect(stdout.length).toBeLessThanOrEqual(1024 * 1024);
  });
});

describe("a command that does not end in time", () => {
  test("is ended, with what it had printed", async () => {
    const result = await run("echo out; exec sleep 600", { timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
  });

  test.each(["sleep 600; exit", "sleep 600 | cat; exit", "trap '' TERM; sleep 600; exit"])(
    "is ended with whatever it waits for: %s",
    async (shell) => {
      expect(await run(shell, { timeoutMs: 100 })).toMatchObject({ timedOut: true });
      await nothingIsLeft();
    },
  );
});

test("a command that is late is asked to end first, and may put its lock away", async () => {
  const putsAway = "trap 'rm lock; exit 7' TERM; touch lock; while :; do sleep 0.01; done";
  expect(await run(putsAway, { timeoutMs: 300 })).toMatchObject({ exitCode: 7, timedOut: true });
  expect(await Bun.file(`${scripts.directory}/lock`).exists()).toBeFalse();
});

describe("a command that is given up", () => {
  test("is ended with whatever it waits for, and the reason is thrown", async () => {
    const giveUp = new AbortController();
    const running = run("touch up; sleep 600; exit", { signal: giveUp.signal }).catch((error: unknown) => error);
    await isUp();
    const reason = new Error("no longer wanted");
    giveUp.abort(reason);
    expect(await running).toBe(reason);
    await nothingIsLeft();
  });

  test("after its own end is not waited for any longer", async () => {
    const giveUp = new AbortController();
    const running = run("sleep 600 & touch up", { signal: giveUp.signal }).catch((error: unknown) => error);
    await isUp();
    giveUp.abort("reason");
    expect(await running).toBe("reason");
    await nothingIsLeft();
  });

  test("before its start is not started", async () => {
    const running = run("touch up", { signal: AbortSignal.abort("reason") }).catch((error: unknown) => error);
    expect(await running).toBe("reason");
    expect(await Bun.file(`${scripts.directory}/up`).exists()).toBeFalse();
  });
});
